import { useEffect, useRef, useState } from 'preact/hooks';
import { speak } from '../announce';
import type { TestExchange } from '../api/calls';
import type { Answer, Failure } from '../api/client';
import { now, useNow } from '../clock';
import { eventText } from '../explain';
import { wait } from '../format';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { Exchange } from '../parts/Exchange';
import { Select } from '../parts/Field';
import { FailureNote } from '../parts/Loading';

/** Sends samples, and shows the whole exchange. It never blocks what is around it. */
export function TestPanel<E extends string>({ events, first, hint, send, version, onResult, onRefused, ask }: {
  /** Of what there are samples. */
  events: readonly E[];
  /** Which of them is chosen first. */
  first: E;
  /** What a receiver sees of a test. */
  hint: string;
  /** Sends a sample; null when the form is not fit for it, and says so itself. */
  send: (event: E) => Promise<Answer<TestExchange>> | null;
  /** What is tested, as a text: when it changes, the result shown is an old one. */
  version: string;
  onResult?: (succeeded: boolean) => void;
  /** Shows which fields of the form the server has refused. */
  onRefused?: (failure: Failure) => void;
  /** Each time it rises above 0 or further, a test is sent. */
  ask?: number;
}) {
  const [event, setEvent] = useState<E>(first);
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<{ exchange: TestExchange; version: string } | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [nextAt, setNextAt] = useState(0);

  const run = async (): Promise<void> => {
    if (busy) return;
    // The button says so by itself, but not to who asks by keys.
    if (now() < nextAt) return speak(tooMany(nextAt - now())!);
    const sent = send(event);
    if (!sent) return;
    setBusy(true);
    setFailure(null);
    const { data, failure: why } = await sent;
    setBusy(false);
    if (!why) {
      setResult({ exchange: data, version });
      speak(data.succeeded ? t.test.arrived : t.test.failed);
      onResult?.(data.succeeded);
    } else if (why.status === 429) {
      const pause = (why.retryAfter ?? 60) * 1000;
      setNextAt(now() + pause);
      speak(tooMany(pause)!);
    } else {
      setResult(null);
      if (why.errors.length > 0 && onRefused) onRefused(why);
      else setFailure(why);
    }
  };

  const section = useRef<HTMLElement>(null);
  const asked = useRef(0);
  useEffect(() => {
    if ((ask ?? 0) > asked.current) {
      section.current!.scrollIntoView({ block: 'nearest' });
      void run();
    }
    asked.current = ask ?? 0;
  }, [ask]);

  return (
    <section class="test" aria-label={t.test.send} ref={section}>
      <div class="row">
        <Select
          label={t.test.event} value={event} onChange={setEvent}
          options={events.map(name => [name, eventText(name)] as const)}
        />
        <Send busy={busy} until={nextAt} onClick={run} />
      </div>
      <p class="hint">{hint}</p>
      <TooMany until={nextAt} />
      {failure?.status === 0 && <p class="note bad" role="alert">{t.form.lostAnswerTest}</p>}
      {failure && failure.status !== 0 && <FailureNote title={t.notDone} failure={failure} />}
      {result && <Exchange exchange={result.exchange} outdated={result.version !== version} />}
    </section>
  );
}

const tooMany = (left: number): string | null => left > 0 ? t.test.tooMany(wait(left)) : null;

function Send({ busy, until, onClick }: { busy: boolean; until: number; onClick: () => unknown }) {
  const reason = tooMany(until - useNow(1000));
  return <Button busy={busy} changes reason={reason} onClick={onClick}>{busy ? t.test.sending : t.test.send}</Button>;
}

function TooMany({ until }: { until: number }) {
  const text = tooMany(until - useNow(1000));
  return text && <p class="note warn">{text}</p>;
}
