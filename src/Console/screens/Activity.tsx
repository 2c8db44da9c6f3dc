import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { announce, complain } from '../announce';
import { explain, listAttempts, type Attempt } from '../api/calls';
import { useResource } from '../api/resource';
import { now } from '../clock';
import { advise, eventNames, eventText, failureText } from '../explain';
import { TestButton } from '../form/TestDialog';
import { duration } from '../format';
import { t } from '../messages/language';
import { useLimits } from '../overview';
import { Button } from '../parts/Button';
import { FailureNote, Skeleton } from '../parts/Loading';
import { Clock, Countdown, ZoneChoice } from '../parts/Time';
import { resultOf } from '../parts/Timeline';
import { route } from '../route';
import { can } from '../session';
import { noRows, periods, withFirstPage, withFresh, withOlder, type Period, type Row } from './rows';
import { ActivityFilter } from './ActivityFilter';
import { At } from './SecretSettings';
import { Sending } from './Sending';

const pageSize = 50;
// Attempts that do not fit the filter are read too, so a page can be short: three are read before somebody is asked.
const pagesAtOnce = 3;

/** S4: what was sent, newest first; S5 beside it. */
export function Activity({ id, delivery }: { id: string; delivery: string | undefined }) {
  const { query } = route.value;
  const period = (query.get('period') ?? 'day') as Period;
  const outcome = query.get('outcome') ?? '';
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  const filter = useMemo(() => {
    const back = period === 'custom' ? null : periods[period];
    const since = back === null ? (period === 'custom' ? from : '') : new Date(now() - back).toISOString();
    return { outcome, from: since, to: period === 'custom' ? to : '' };
  }, [id, period, outcome, from, to]);
  const key = JSON.stringify([id, period, outcome, from, to]);
  const isFiltered = outcome !== '' || period !== 'any';

  // Whoever has just added a webhook waits for its first event.
  const first = useResource(key, signal => listAttempts(id, { ...filter, limit: pageSize }, signal), data =>
    data && (data.items[0]?.outcome ?? 'Retrying') === 'Retrying' ? 5000 : 30_000);
  const [rows, setRows] = useState(noRows);
  const [cursor, setCursor] = useState<string | null | undefined>(undefined);
  const [older, setOlder] = useState(false);
  const [lookedTo, setLookedTo] = useState<string | null>(null);

  useEffect(() => {
    setRows(noRows);
    setCursor(undefined);
    setLookedTo(null);
  }, [key]);
  useEffect(() => {
    const { data } = first;
    if (!data) return;
    setRows(old => withFirstPage(old, data.items));
    if (cursor === undefined) {
      setCursor(data.nextCursor);
      if (data.items.length < pageSize && data.nextCursor) void lookBack(data.nextCursor, pagesAtOnce - 1);
    }
  }, [first.data]);

  const lookBack = async (at: string, pages: number): Promise<void> => {
    setOlder(true);
    let next: string | null = at;
    let found = 0;
    for (let page = 0; page < pages && next && found < pageSize; page++) {
      const { data, failure } = await listAttempts(id, { ...filter, cursor: next, limit: pageSize });
      if (failure) {
        complain(failureText(failure));
        break;
      }
      setRows(old => withOlder(old, data.items));
      found += data.items.length;
      next = data.nextCursor;
      setLookedTo(data.items.at(-1)?.startedAt ?? null);
    }
    setCursor(next);
    setOlder(false);
  };

  useFocusBack(delivery);
  const days = useLimits()?.attempts.retentionSeconds;
  const fresh = rows.fresh.length;
  useEffect(() => { if (fresh > 0) announce(t.activity.fresh(fresh)); }, [fresh]);

  return (
    <div class={`split ${delivery ? 'open' : ''}`}>
      <section class="list" aria-label={t.activity.list}>
        <div class="row between">
          <ActivityFilter outcome={outcome} period={period} from={from} to={to} />
          {fresh > 0 && (
            <Button small kind="primary" onClick={() => setRows(withFresh)}>
              {`${t.activity.fresh(fresh)} · ${t.show}`}
            </Button>
          )}
        </div>
        {first.failure && <FailureNote title={t.activity.failed} failure={first.failure} retry={first.refresh} />}
        {first.data === null && !first.failure && <Skeleton text={t.loading} kind="flat" count={6} />}
        {first.data && rows.shown.length === 0 && !older && (
          isFiltered && (outcome !== '' || period !== 'day') || cursor ? <EmptyFiltered id={id} />
            : <Empty id={id} />
        )}
        <ul class={`rows ${first.failure ? 'stale' : ''}`}>
          {rows.shown.map(row => <Line key={row.key} id={id} row={row} isOpen={row.newest.deliveryId === delivery} />)}
        </ul>
        <p class="row below">
          {cursor && (
            <Button busy={older} onClick={() => lookBack(cursor, pagesAtOnce)}>
              {older ? t.loading : rows.shown.length === 0 ? t.activity.further : t.activity.older}
            </Button>
          )}
          {cursor && lookedTo && <span class="quiet"><At text={t.activity.lookedBack} at={lookedTo} /></span>}
          {days && <span class="quiet">{t.activity.keptFor(Math.round(days / 86_400))}</span>}
          <ZoneChoice />
        </p>
      </section>
      {delivery && <Sending key={delivery} id={id} deliveryId={delivery} />}
    </div>
  );
}

// Closing what was opened takes the focus back to where it was opened.
function useFocusBack(delivery: string | undefined): void {
  const opened = useRef(delivery);
  useEffect(() => {
    if (!delivery && opened.current) {
      document.querySelector<HTMLElement>(`[data-delivery="${CSS.escape(opened.current)}"]`)?.focus();
    }
    opened.current = delivery;
  }, [delivery]);
}

const signs: Readonly<Record<Attempt['outcome'], readonly [string, string]>> = {
  Delivered: ['✓', 'good'], Retrying: ['↻', 'warn'], DeadLettered: ['✗', 'bad'], SubscriptionDeleted: ['–', ''],
  Unknown: ['–', ''],
};

function Line({ id, row: { newest }, isOpen }: { id: string; row: Row; isOpen: boolean }) {
  const { outcome, startedAt, event, deliveryId, run } = newest;
  const [sign, kind] = signs[outcome];
  const query = route.value.query.size > 0 ? `?${route.value.query}` : '';
  return (
    <li class={isOpen ? 'open' : undefined}>
      <span class="figures when"><Clock at={startedAt} /></span>
      <span class={`sign ${kind}`} aria-hidden="true">{sign}</span>
      <a
        href={`#/w/${id}/d/${deliveryId}${query}`} data-delivery={deliveryId}
        aria-current={isOpen ? 'true' : undefined}
      >
        {eventText(event)}<span class="unseen">, {t.outcomes[outcome]}</span>
      </a>
      <span class="figures result" title={outcome === 'Delivered' ? undefined : advise(newest).what}>
        {resultOf(newest)}
      </span>
      <span class="quiet what">
        <Told attempt={newest} />{run > 1 && ` · ${t.activity.sentAgain}`}
      </span>
    </li>
  );
}

function Told({ attempt }: { attempt: Attempt }) {
  const most = useLimits()?.deliveries.maxAttempts ?? 10;
  const { outcome, timings, nextAttemptAt } = attempt;
  switch (outcome) {
    case 'Delivered':
      return <>{[
        timings && duration(timings.total), attempt.attempt > 1 && t.activity.atAttempt(attempt.attempt),
      ].filter(Boolean).join(' · ')}</>;
    case 'Retrying':
      return (
        <>
          {t.activity.attempt(attempt.attempt, most)}
          {nextAttemptAt && <> · <Countdown to={nextAttemptAt} text={t.activity.next} over={t.activity.nextNow} /></>}
        </>
      );
    case 'DeadLettered': return <>{t.activity.gaveUp(attempt.attempt)}</>;
    default: return <>{t.outcomes[outcome]}</>;
  }
}

function EmptyFiltered({ id }: { id: string }) {
  return (
    <div class="empty">
      <p>{t.activity.emptyFiltered}</p>
      <a class="button" href={`#/w/${id}?period=any`}>{t.activity.showAll}</a>
    </div>
  );
}

function Empty({ id }: { id: string }) {
  const [why, setWhy] = useState<string[] | null>(null);
  const ask = async (): Promise<void> => {
    const answers = await Promise.all(eventNames.map(explain));
    const failure = answers.find(answer => answer.failure)?.failure;
    if (failure) return complain(failureText(failure));
    setWhy(answers.flatMap(({ data }) => data!.subscriptions.filter(one => one.subscriptionId === id)
      .map(one => `${eventText(data!.event)}: ${t.activity.routing[one.routing]}`)));
  };
  return (
    <div class="empty">
      <h2>{t.activity.emptyTitle}</h2>
      <p>{t.activity.empty}</p>
      {can('recover') && <TestButton id={id} />}
      <p>{t.activity.expecting} <button type="button" class="link" onClick={ask}>{t.activity.why}</button></p>
      <div role="status">{why && <ul class="plain">{why.map(text => <li key={text}>{text}</li>)}</ul>}</div>
    </div>
  );
}
