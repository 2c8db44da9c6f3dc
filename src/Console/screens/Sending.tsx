import { useEffect, useRef, useState } from 'preact/hooks';
import { announce, complain, speak } from '../announce';
import {
  discardDeadLetter, discardDeadLetters, getDelivery, replayDeadLetter, replayDeadLetters, type Attempt, type Delivery,
  type Filter,
} from '../api/calls';
import { useResource } from '../api/resource';
import { now } from '../clock';
import { countOf, eventText, failureText, noticesId, outcomeText, sentTo } from '../explain';
import { duration } from '../format';
import { jobsEnded, track } from '../jobs';
import { noticeWords, t } from '../messages/language';
import { nameOf, useDeleted, useWebhook } from '../overview';
import { Button } from '../parts/Button';
import { Code, Copy } from '../parts/Copy';
import { Dialog } from '../parts/Dialog';
import { Advice, Finding, Timings } from '../parts/Exchange';
import { useTitle } from '../parts/Frame';
import { FailureNote, Skeleton } from '../parts/Loading';
import { At, Clock } from '../parts/Time';
import { resultOf, Timeline } from '../parts/Timeline';
import { route } from '../route';
import { can } from '../session';
import { Next } from './Next';
import { isDue, signOf } from './rows';

// Long enough for a failed event to be listed, after its last attempt, and for a new run to record its first one.
const listedWithin = 60_000;
const begunWithin = 120_000;

// When a sending was sent again from here, and how many runs it had by then.
const sentAgain = new Map<string, { readonly at: number; readonly runs: number }>();

// Milliseconds until a sending is asked for again; null when there is nothing to wait for.
function everyOf({ id, outcome, nextAttemptAt, deadLetter, runs }: Delivery): number | null {
  if (nextAttemptAt) return isDue(nextAttemptAt) ? 5000 : 30_000;
  const again = sentAgain.get(id);
  const isBeginning = again !== undefined && runs.length === again.runs && now() - again.at < begunWithin;
  const isListed = outcome !== 'DeadLettered' || deadLetter !== null;
  const last = Date.parse(runs.at(-1)?.attempts.at(-1)?.startedAt ?? '');
  return isBeginning || (!isListed && now() - last < listedWithin) ? 5000 : null;
}

/** S5: one sending, with each of its attempts. */
export function Sending({ id, deliveryId }: { id: string; deliveryId: string }) {
  const resource = useResource(`delivery ${deliveryId}`, signal => getDelivery(id, deliveryId, signal),
    data => data && everyOf(data));
  const heading = useRef<HTMLHeadingElement>(null);
  const { data, failure, refresh } = resource;
  const ended = jobsEnded.value;
  useEffect(() => { if (ended > 0) refresh(); }, [ended]);
  useEffect(() => heading.current?.focus(), []);

  const title = data ? eventText(data.event) : failure?.status === 404 ? t.sending.goneTitle
    : failure ? t.sending.failed : t.loading;
  const webhook = useWebhook(id);
  useTitle(title, webhook ? nameOf(webhook) : null);
  // The heading has the focus already, and nobody hears what becomes of it.
  useEffect(() => { if (title !== t.loading) speak(title); }, [title]);

  // Whoever came from a list of failed events goes back to it.
  const { query } = route.value;
  const back = query.get('back');
  const to = back?.startsWith('/') ? `#${back}` : `${sentTo(id)}${query.size > 0 ? `?${query}` : ''}`;
  return (
    <section class="sending" aria-labelledby="sending">
      <nav class="crumb" aria-label={t.close}>
        <a href={to}><span aria-hidden="true">← </span>{t.back}</a>
      </nav>
      <h2 id="sending" ref={heading} tabIndex={-1}>{title}</h2>
      {failure && (failure.status === 404 ? <p>{t.sending.gone}</p>
        : <FailureNote title={data && t.sending.failed} failure={failure} retry={refresh} />)}
      {!data && !failure && <Skeleton text={t.loading} kind="flat" />}
      {data && <Details delivery={data} refresh={refresh} />}
    </section>
  );
}

function Details({ delivery, refresh }: { delivery: Delivery; refresh: () => void }) {
  const { id, subscriptionId, eventId, event, outcome, runs, nextAttemptAt } = delivery;
  const [sign, kind] = signOf(outcome);
  return (
    <>
      <p>
        <code class="quiet">{event}</code>{' '}
        <strong class={kind}>
          <span aria-hidden="true">{sign} </span>{outcomeText(outcome)}
        </strong>
        {nextAttemptAt && <> · <Next id={subscriptionId} at={nextAttemptAt} text={t.sending.nextTry} /></>}
      </p>
      <dl class="headers">
        <div><dt>{t.sending.webhookId}</dt><dd>{id}<Copy text={id} what={t.sending.webhookId} /></dd></div>
        <div><dt>{t.sending.eventId}</dt><dd>{eventId}<Copy text={eventId} what={t.sending.eventId} /></dd></div>
      </dl>
      <p class="quiet">
        {runs.length > 1 && `${t.sending.sentAgain(runs.length - 1)} `}
        {runs[0] && <At text={t.sending.firstTry} at={runs[0].startedAt} />}
      </p>
      {delivery.deadLetter && can('recover') && <Actions delivery={delivery} refresh={refresh} />}
      {runs.toReversed().map(({ run, attempts }) => (
        <Run key={run} run={run} attempts={attempts} isNamed={runs.length > 1} />
      ))}
      <p class="hint">{subscriptionId === noticesId ? noticeWords.notShown : t.sending.notShown}</p>
    </>
  );
}

function Run({ run, attempts, isNamed }: { run: number; attempts: readonly Attempt[]; isNamed: boolean }) {
  const [chosen, setChosen] = useState(attempts.at(-1)?.attempt ?? 1);
  // Whoever looks at the newest goes on looking at the newest.
  const newest = attempts.at(-1)?.attempt ?? 1;
  useEffect(() => setChosen(old => old === newest - 1 ? newest : old), [newest]);
  if (attempts.length === 0) return null;
  return (
    <div class="run">
      {isNamed && <h3>{t.sending.timelineOf(run)}</h3>}
      <Timeline attempts={attempts} label={t.sending.timelineOf(run)} chosen={chosen} onChoose={setChosen} />
      {attempts.toReversed().map(attempt => (
        <details
          key={attempt.attempt} class="attempt" open={attempt.attempt === chosen}
          onToggle={({ currentTarget }) => { if (currentTarget.open) setChosen(attempt.attempt); }}
        >
          <summary>
            <span class={`sign ${attempt.outcome === 'Delivered' ? 'good' : 'bad'}`} aria-hidden="true">
              {attempt.outcome === 'Delivered' ? '✓' : '✗'}
            </span>{' '}
            {t.sending.attempt(attempt.attempt)}
            <span class="quiet figures"> · <Clock exact at={attempt.startedAt} /> · {attempt.timings
              ? t.test.arrivedIn(resultOf(attempt), duration(attempt.timings.total)) : resultOf(attempt)}</span>
          </summary>
          <AttemptDetails attempt={attempt} />
        </details>
      ))}
    </div>
  );
}

function AttemptDetails({ attempt }: { attempt: Attempt }) {
  const { outcome, resent, timings, responseExcerpt } = attempt;
  return (
    <div class="attempt-body">
      {outcome !== 'Delivered' && <Advice failed={attempt} />}
      <Finding failed={attempt} />
      {resent && <p class="hint">{t.test.resent}</p>}
      {timings && <Timings timings={timings} />}
      {responseExcerpt && <><h3>{t.sending.answer}</h3><Code text={responseExcerpt} label={t.sending.answer} /></>}
    </div>
  );
}

function Actions({ delivery, refresh }: { delivery: Delivery; refresh: () => void }) {
  const [busy, setBusy] = useState(false);
  const [asks, setAsks] = useState(false);
  const key = useRef(crypto.randomUUID());
  const isDeleted = useDeleted();
  const { id, subscriptionId } = delivery;
  const place = delivery.deadLetter!;
  const isNotice = subscriptionId === noticesId;
  // Found by its delivery, a notice makes a job that is known as one of notices.
  const notice = { queue: place.queue as Filter['queue'] & string, subscriptionId, deliveryId: id };
  const sendAgain = isNotice ? () => replayDeadLetters(notice, key.current)
    : () => replayDeadLetter(place, key.current);
  const discard = isNotice ? () => discardDeadLetters(notice, key.current)
    : () => discardDeadLetter(place, key.current);

  const act = async (call: typeof sendAgain): Promise<void> => {
    setBusy(true);
    const { data, failure } = await call();
    setBusy(false);
    setAsks(false);
    if (data && call === sendAgain) sentAgain.set(id, { at: now(), runs: delivery.runs.length });
    if (data) track(data);
    else if (failure?.status === 404) announce(t.sending.actedGone);
    else complain(failureText(failure!));
    key.current = crypto.randomUUID();
    refresh();
  };
  return (
    <div class="actions">
      <Button
        kind="primary" changes busy={busy} onClick={() => act(sendAgain)}
        reason={isDeleted(subscriptionId) ? t.failedEvents.ofDeleted(1) : null}
      >
        {t.failedEvents.sendAgain}
      </Button>
      <Button kind="danger" changes busy={busy} onClick={() => setAsks(true)}>{t.failedEvents.delete}</Button>
      {asks && (
        <Dialog
          title={t.failedEvents.deleteTitle(countOf(1, isNotice))} busy={busy} onClose={() => setAsks(false)}
          actions={<>
            <Button busy={busy} onClick={() => setAsks(false)}>{t.failedEvents.keep}</Button>
            <Button kind="danger" changes busy={busy} onClick={() => act(discard)}>
              {t.failedEvents.delete}
            </Button>
          </>}
        >
          <p>{isNotice ? t.notices.deleteText(1) : t.failedEvents.deleteTextOne}</p>
        </Dialog>
      )}
    </div>
  );
}
