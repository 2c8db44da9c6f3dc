import { useEffect, useRef, useState } from 'preact/hooks';
import { complain, speak } from '../announce';
import type { TestExchange } from '../api/calls';
import type { Answer, Failure } from '../api/client';
import { now, useNow } from '../clock';
import { eventText, failureText } from '../explain';
import { wait } from '../format';
import { t } from '../messages/language';
import { useLimits } from '../overview';
import { Button } from '../parts/Button';
import { Exchange } from '../parts/Exchange';
import { Select } from '../parts/Field';
import { FailureNote } from '../parts/Loading';

/** Sends samples, and shows the whole exchange. It never blocks what is around it. */
export function TestPanel<E extends string>({ events, first, hint, send, version, onResult, ask }: {
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
  /** Each time it rises, a test is sent. */
  ask?: number;
}) {
  const [event, setEvent] = useState<E>(first);
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<{ exchange: TestExchange; version: string } | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [nextAt, setNextAt] = useState(0);

  const run = async (): Promise<void> => {
    if (busy || now() < nextAt) return;
    const sent = send(event);
    if (!sent) return;
    setBusy(true);
    setFailure(null);
    const answer = await sent;
    setBusy(false);
    if (answer.failure) {
      setFailure(answer.failure);
      if (answer.failure.status === 429) setNextAt(now() + (answer.failure.retryAfter ?? 60) * 1000);
      if (answer.failure.status === 0) complain(t.form.lostAnswerTest);
      else if (answer.failure.status !== 429) speak(failureText(answer.failure));
    } else {
      setResult({ exchange: answer.data, version });
      speak(answer.data.succeeded ? t.test.arrived : t.test.failed);
      onResult?.(answer.data.succeeded);
    }
  };

  const section = useRef<HTMLElement>(null);
  const asked = useRef(ask ?? 0);
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
        <Button busy={busy} changes onClick={run}>{busy ? t.test.sending : t.test.send}</Button>
      </div>
      <p class="hint">{hint}</p>
      {failure?.status === 429 && <TooMany until={nextAt} />}
      {failure && failure.status !== 429 && failure.errors.length === 0 && (
        <FailureNote title={t.test.failed} failure={failure} />
      )}
      {result && <Exchange exchange={result.exchange} outdated={result.version !== version} />}
    </section>
  );
}

function TooMany({ until }: { until: number }) {
  const left = until - useNow(1000);
  const limits = useLimits()?.tests;
  if (left <= 0 || !limits) return null;
  return <p class="note warn">{t.test.tooMany(limits.maxInWindow, wait(left))}</p>;
}
