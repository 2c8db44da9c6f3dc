import type { ComponentChildren } from 'preact';
import type { TestExchange } from '../api/calls';
import { later } from '../api/later';
import { useResource } from '../api/resource';
import { advise, failureText, type Failed } from '../explain';
import { duration, number } from '../format';
import { loadTodo, t } from '../messages/language';
import { Code, Copy } from './Copy';

/** What a test sent, what came back, and what to do if it failed. */
export function Exchange({ exchange, outdated }: { exchange: TestExchange; outdated?: boolean }) {
  const { succeeded, request, response, timings } = exchange;
  return (
    <section
      class={`exchange ${succeeded ? 'good' : 'bad'} ${outdated ? 'stale' : ''}`}
      aria-label={succeeded ? t.test.arrived : t.test.failed}
    >
      <h3>
        <span aria-hidden="true">{succeeded ? '✓' : '✗'} </span>
        {succeeded ? t.test.arrived : t.test.failed}
        {response && <span class="quiet"> – {t.test.arrivedIn(response.status, duration(timings.total))}</span>}
      </h3>
      {outdated && <p class="hint">{t.test.changed}</p>}
      {!succeeded && (
        <Advice failed={{ ...exchange, status: response?.status }}>
          {response?.location && <p>{t.test.redirect(response.location)}</p>}
        </Advice>
      )}
      {exchange.resent && <p class="hint">{t.test.resent}</p>}
      <div class="sides">
        <div>
          <h4>{t.test.sent}</h4>
          <p class="wrap"><code>{request.method} {request.url}</code></p>
          <Headers headers={request.headers} />
          <Code text={pretty(request.body)} exact={request.body} label={t.test.sent} />
          <details>
            <summary>{t.test.curl}</summary>
            <p class="hint">{t.test.curlHint}</p>
            <Code text={curl(exchange)} label={t.test.curl} />
          </details>
        </div>
        <div>
          <h4>{t.test.received}</h4>
          {response ? <Response response={response} /> : <p>{t.test.nothing}</p>}
          <Finding failed={exchange} />
          <Timings timings={timings} />
        </div>
      </div>
    </section>
  );
}

/** Why something failed, and what to do about it; what needs more words, as soon as they are there. */
export function Advice({ failed, children }: { failed: Failed; children?: ComponentChildren }) {
  const { what, kind } = advise(failed);
  const { data, failure } = useResource(kind && 'todo', () => later(loadTodo));
  // A later version of the app may have found out what this page has no words for.
  const cause = data?.byCause[failed.cause as keyof typeof data.byCause];
  return (
    <>
      <p>{what}</p>
      {cause && <p>{cause.what}</p>}
      {children}
      {failure && <p class="hint">{failureText(failure)}</p>}
      {kind && data && (
        <div class="todo">
          <p><strong>{t.test.todo}</strong></p>
          <ul>{(cause ? cause.todo : data.byKind[kind]).map(item => <li key={item}>{item}</li>)}</ul>
        </div>
      )}
    </>
  );
}

/** What the server found out, in its own words: with names and numbers, for whoever looks after the receiver. */
export function Finding({ failed: { errorClass, explanation } }: { failed: Failed }) {
  return errorClass && explanation ? <p class="hint" lang="en">{explanation}</p> : null;
}

function Response({ response }: { response: NonNullable<TestExchange['response']> }) {
  const isText = response.bodyEncoding === 'text';
  return (
    <>
      <p><code>{response.status}</code></p>
      <Headers headers={response.headers} />
      {response.body === '' ? <p class="quiet">{t.test.noBody}</p>
        : isText ? <Code text={pretty(response.body)} exact={response.body} label={t.test.received} />
          : <p class="quiet">{t.test.binary(number(Math.floor(response.body.length * 3 / 4)))}</p>}
      {response.truncated && <p class="hint">{t.test.cut}</p>}
    </>
  );
}

function Headers({ headers }: { headers: TestExchange['request']['headers'] }) {
  return (
    <dl class="headers">
      {headers.map(({ name, value }) => (
        <div key={name}>
          <dt>{name.toLowerCase()}</dt>
          <dd>{value}{/^webhook-(id|signature)$/i.test(name) && <Copy text={value} what={name} />}</dd>
        </div>
      ))}
    </dl>
  );
}

/** How long each part of a request took. */
export function Timings({ timings }: { timings: TestExchange['timings'] }) {
  const parts = (['dns', 'connect', 'tls', 'firstByte', 'total'] as const).map(name => {
    const value = timings[name];
    return `${t.timings[name]} ${value === null ? t.none : duration(value)}`;
  });
  return <p class="hint figures">{parts.join(' · ')}</p>;
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function curl({ request }: TestExchange): string {
  const headers = request.headers.map(({ name, value }) => `-H ${quoted(`${name}: ${value}`)}`);
  return [`curl -X POST ${quoted(request.url)}`, ...headers, `--data-binary ${quoted(request.body)}`].join(' \\\n  ');
}
