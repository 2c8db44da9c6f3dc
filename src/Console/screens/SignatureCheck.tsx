import { useState } from 'preact/hooks';
import { verify } from '../api/calls';
import type { Answer, Schemas } from '../api/client';
import { receiver, t } from '../messages/language';
import { Button } from '../parts/Button';
import { Field } from '../parts/Field';
import { FailureNote } from '../parts/Loading';

// The order in which the server looks.
const steps = ['headers', 'timestamp', 'clock', 'version', 'secret', 'body'] as const;

/** At which step the check of a received request fails. The secret is never asked for: the server has it. */
export function SignatureCheck({ id }: { id: string }) {
  const [headers, setHeaders] = useState('');
  const [body, setBody] = useState('');
  const [result, setResult] = useState<Answer<Schemas['VerifyAnswer']> & { readonly of: string } | null>(null);
  const [busy, setBusy] = useState(false);
  // Of what is typed by now, which another request's verdict is not about.
  const typed = JSON.stringify([headers, body]);
  const { data, failure } = result?.of === typed ? result : {};

  const check = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setResult({ ...await verify({ headers: headersOf(headers), body, subscriptionId: id }), of: typed });
    setBusy(false);
  };
  return (
    <section class="panel" aria-labelledby="check">
      <h2 id="check">{receiver.check}</h2>
      <p class="hint">{receiver.checkHint}</p>
      <form
        class="form"
        onSubmit={event => {
          event.preventDefault();
          void check();
        }}
      >
        <Field name="check-headers" label={receiver.headers}>
          {control => (
            <textarea
              {...control} class="mono" rows={4} spellcheck={false} value={headers}
              onInput={event => setHeaders(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field name="check-body" label={receiver.body}>
          {control => (
            <textarea
              {...control} class="mono" rows={5} spellcheck={false} value={body}
              onInput={event => setBody(event.currentTarget.value)}
            />
          )}
        </Field>
        <div class="actions"><Button type="submit" busy={busy}>{receiver.checkNow}</Button></div>
      </form>
      {failure && <FailureNote title={t.notDone} failure={failure} />}
      <div role="status">{data && <Verdict answer={data} />}</div>
    </section>
  );
}

function Verdict({ answer: { valid, failedStep } }: { answer: Schemas['VerifyAnswer'] }) {
  const at = valid || failedStep === null ? steps.length : steps.indexOf(failedStep);
  return (
    <div class={`note ${valid ? 'good' : 'bad'}`}>
      {valid && <p><strong>{receiver.fits}</strong></p>}
      <ul class="plain">
        {steps.map((step, index) => {
          const [sign, said] = index < at ? ['✓', receiver.passed]
            : index === at ? ['✗', receiver.notPassed] : ['–', receiver.notReached];
          return (
            <li key={step} class={index > at ? 'quiet' : undefined}>
              <span aria-hidden="true">{sign} </span>{receiver.steps[step]}<span class="unseen">: {said}</span>
            </li>
          );
        })}
      </ul>
      {!valid && failedStep && <p>{receiver.whyNot[failedStep]}</p>}
    </div>
  );
}

// On lines, as JSON or a program's log has them, or as curl takes them. No value of those that a signature is made of
// has a quote or a bracket in it, or ends with a comma.
const header = /(?<![\w-])(webhook-[a-z]+)["']?\s*:[ \t]*["'[]*([^"'\]}\r\n]*)/gi;

const headersOf = (text: string): Record<string, string> => Object.fromEntries(
  [...text.matchAll(header)].map(([, name, value]) => [name, value!.replace(/[,\s]+$/, '')]));
