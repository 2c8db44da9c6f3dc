import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { announce, complain } from '../announce';
import { listAttempts, type Attempt, type AttemptPage } from '../api/calls';
import type { Answer } from '../api/client';
import { useResource } from '../api/resource';
import { advise, eventText, failureText, outcomeText, sentTo } from '../explain';
import { duration } from '../format';
import { t } from '../messages/language';
import { useLimits, useWebhook } from '../overview';
import { Button } from '../parts/Button';
import { FailureNote, Skeleton } from '../parts/Loading';
import { At, Clock, ZoneChoice } from '../parts/Time';
import { resultOf } from '../parts/Timeline';
import { address, route } from '../route';
import { Next } from './Next';
import {
  backTo, isDue, isOpen, noRows, type periods, signOf, withFirstPage, withFresh, withOlder, withWaiting,
  type Row,
} from './rows';
import { Sending } from './Sending';

// Attempts that do not fit the filter are read too, so a page can be short: three are read before somebody is asked.
const pagesAtOnce = 3;

// A narrow screen shows one sending in place of the list: see styles/screens.css.
const narrow = matchMedia('(max-width: 63.99rem)');
const isNarrow = signal(narrow.matches);
narrow.addEventListener('change', () => { isNarrow.value = narrow.matches; });

interface Props {
  /** Of which webhook. */
  readonly id: string;
  /** The one that is open. */
  readonly delivery: string | undefined;
  /** Null asks for nothing. */
  readonly filter: {
    readonly outcome?: string; readonly waiting?: true; readonly from?: string; readonly to?: string;
    /** In place of `from`: a period that ends whenever the list is loaded. */
    readonly period?: keyof typeof periods;
  } | null;
  readonly pageSize: number;
  /** Whether somebody waits for the first. */
  readonly isAwaited: boolean;
  /** What is above the list. */
  readonly head: ComponentChildren;
  /** That it could not be loaded. */
  readonly failed: string;
  /** What is there in place of an empty list, to which looking further back may add. */
  readonly empty: (mayGoOn: boolean) => ComponentChildren;
}

/** What was sent, newest first, and one sending beside it. */
export function Sent({ id, delivery, filter, pageSize, isAwaited, head, failed, empty }: Props) {
  const key = filter && JSON.stringify([id, filter]);
  const isHidden = delivery !== undefined && isNarrow.value;
  const first = useResource(key, signal => load(id, filter, pageSize, signal), data =>
    isHidden ? null
      : data && (data.items.length === 0 ? isAwaited : isDue(data.items[0]!.nextAttemptAt)) ? 5000 : 30_000);
  const [rows, setRows] = useState(noRows);
  const { shown } = rows;
  const [cursor, setCursor] = useState<string | null | undefined>(undefined);
  const [older, setOlder] = useState(false);
  const [lookedTo, setLookedTo] = useState<string | null>(null);
  // Looking back ends with the list that it adds to: what is aborted never answers.
  const looking = useRef(new AbortController());
  // What was asked for with the page that it goes on from.
  const asked = useRef<Query>({ limit: pageSize });

  useEffect(() => {
    setRows(noRows);
    setCursor(undefined);
    return () => looking.current.abort();
  }, [key]);
  useEffect(() => {
    const { data } = first;
    if (!data) return;
    if (cursor === undefined) return begin(data);
    if (!filter?.waiting) return setRows(old => withFirstPage(old, data, data.query.from));
    setRows(old => withWaiting(old, data, pageSize));
    // Until somebody has looked further back.
    if (lookedTo === null || !data.nextCursor) setCursor(data.nextCursor);
  }, [first.data]);
  const wasHidden = useRef(isHidden);
  useEffect(() => {
    if (wasHidden.current && !isHidden) first.refresh();
    wasHidden.current = isHidden;
  }, [isHidden]);

  const begin = (page: Page): void => {
    asked.current = page.query;
    looking.current.abort();
    looking.current = new AbortController();
    setRows(withFirstPage(noRows, page, undefined));
    setCursor(page.nextCursor);
    setLookedTo(null);
    setOlder(false);
    if (page.items.length < pageSize && page.nextCursor) void lookBack(page.nextCursor, pagesAtOnce - 1);
  };

  const lookBack = async (at: string, pages: number): Promise<void> => {
    const { signal } = looking.current;
    setOlder(true);
    let next: string | null = at;
    let found = 0;
    for (let page = 0; page < pages && next && found < pageSize; page++) {
      const { data, failure } = await listAttempts(id, { ...asked.current, cursor: next }, signal);
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
  const news = rows.gap ? t.activity.freshMore : fresh > 0 ? t.activity.fresh(fresh) : null;
  // Once, and not again for each that joins those that wait.
  useEffect(() => { if (news) announce(news); }, [!news]);

  return (
    <div class={`split ${delivery ? 'open' : ''}`}>
      <section class="list" aria-label={t.activity.list}>
        <div class="row between">
          {head}
          {news && (
            <Button small kind="primary" onClick={() => rows.gap ? begin(first.data!) : setRows(withFresh)}>
              {`${news} · ${t.show}`}
            </Button>
          )}
        </div>
        {first.failure && <FailureNote title={failed} failure={first.failure} retry={first.refresh} />}
        {filter && first.data === null && !first.failure && <Skeleton text={t.loading} kind="flat" count={6} />}
        {first.data && cursor !== undefined && shown.length === 0 && !older && empty(Boolean(cursor))}
        <ul class={`rows ${first.failure ? 'stale' : ''}`}>
          {shown.map(row => <Line key={row.key} id={id} row={row} isOpen={row.newest.deliveryId === delivery} />)}
        </ul>
        <p class="row below">
          {cursor && (
            <Button busy={older} onClick={() => lookBack(cursor, pagesAtOnce)}>
              {older ? t.loading : shown.length === 0 ? t.activity.further : t.activity.older}
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

type Query = Parameters<typeof listAttempts>[1];
type Page = AttemptPage & { readonly query: Query };

async function load(id: string, filter: Props['filter'], limit: number, signal: AbortSignal): Promise<Answer<Page>> {
  const { period, ...rest } = filter!;
  const from = period && backTo(period);
  const query = { ...rest, ...(from ? { from } : {}), limit };
  const answer = await listAttempts(id, query, signal);
  return answer.data ? { ...answer, data: { ...answer.data, query } } : answer;
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

function Line({ id, row: { newest }, isOpen }: { id: string; row: Row; isOpen: boolean }) {
  const { outcome, startedAt, event, deliveryId, run } = newest;
  const [sign, kind] = signOf(outcome);
  // The way back is from the one that is open.
  const query = new URLSearchParams(route.value.query);
  query.delete('back');
  return (
    <li class={isOpen ? 'open' : undefined}>
      <span class="figures when"><Clock at={startedAt} /></span>
      <span class={`sign ${kind}`} aria-hidden="true">{sign}</span>
      <a
        href={address({ path: `${sentTo(id)}/d/${deliveryId}`, query })} data-delivery={deliveryId}
        aria-current={isOpen ? 'true' : undefined}
        // Here, since the link is over all of the row.
        title={outcome === 'Delivered' ? undefined : advise(newest).what}
      >
        {eventText(event)}<span class="unseen">, {outcomeText(outcome)}</span>
      </a>
      <span class="figures result">{resultOf(newest)}</span>
      <span class="quiet what">
        <Told id={id} attempt={newest} />{run > 1 && ` · ${t.activity.sentAgain}`}
      </span>
    </li>
  );
}

function Told({ id, attempt }: { id: string; attempt: Attempt }) {
  const most = useLimits()?.deliveries.maxAttempts ?? 10;
  const { outcome, timings, nextAttemptAt } = attempt;
  const pausedAt = useWebhook(id)?.pausedAt;
  switch (outcome) {
    case 'Delivered':
      return <>{[
        timings && duration(timings.total), attempt.attempt > 1 && t.activity.atAttempt(attempt.attempt),
      ].filter(Boolean).join(' · ')}</>;
    case 'Retrying':
      return (
        <>
          {t.activity.attempt(attempt.attempt, most)}
          {nextAttemptAt && isOpen(nextAttemptAt, pausedAt) && (
            <> · <Next id={id} at={nextAttemptAt} text={t.activity.next} /></>
          )}
        </>
      );
    case 'DeadLettered': return <>{t.activity.gaveUp(attempt.attempt)}</>;
    default: return <>{outcomeText(outcome)}</>;
  }
}
