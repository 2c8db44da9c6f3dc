import type { Attempt, AttemptPage } from '../api/calls';
import { now } from '../clock';

/** A delivery's run in the list: known by its newest attempt. */
export interface Row {
  readonly key: string;
  readonly newest: Attempt;
}

/** The rows of the list, in the order they are read; those that came meanwhile wait. */
interface Rows {
  readonly shown: readonly Row[];
  readonly fresh: readonly Row[];
  /** Whether more came meanwhile than the first page holds: then there are some between both that nobody has read. */
  readonly gap: boolean;
  /** The attempts of the first page, as it was last. */
  readonly page: ReadonlySet<string>;
}

const signs: Readonly<Record<Attempt['outcome'], readonly [string, string]>> = {
  Delivered: ['✓', 'good'], Retrying: ['↻', 'warn'], DeadLettered: ['✗', 'bad'], SubscriptionDeleted: ['–', ''],
  Unknown: ['–', ''],
};

/** What stands for an outcome, and its colour. */
export const signOf = (outcome: Attempt['outcome']): readonly [string, string] => signs[outcome] ?? signs.Unknown;

export const noRows: Rows = { shown: [], fresh: [], gap: false, page: new Set() };

const rowKey = ({ deliveryId, run }: Attempt): string => `${deliveryId}-${run}`;

const attemptKey = (attempt: Attempt): string => `${rowKey(attempt)}-${attempt.attempt}`;

/** One row for each delivery and run, newest attempt first. */
function rowsOf(attempts: readonly Attempt[]): Row[] {
  const rows = new Map<string, Row>();
  for (const attempt of attempts) {
    const key = rowKey(attempt);
    const old = rows.get(key);
    if (!old || old.newest.attempt < attempt.attempt) rows.set(key, { key, newest: attempt });
  }
  return [...rows.values()].sort((a, b) => b.newest.startedAt.localeCompare(a.newest.startedAt));
}

/**
 * What the first page says now: known rows change in their place, new ones wait until they are asked for, and what has
 * become older than the period is gone.
 */
export function withFirstPage(
  { shown: all, fresh, gap, page }: Rows, { items, nextCursor }: AttemptPage, from: string | undefined): Rows {
  const rows = rowsOf(items);
  const shown = from ? all.filter(({ newest }) => Date.parse(newest.startedAt) >= Date.parse(from)) : all;
  const read = new Set(items.map(attemptKey));
  if (shown.length === 0) return { shown: rows, fresh: [], gap: false, page: read };
  const isShown = new Set(shown.map(({ key }) => key));
  const waiting = [...rows.filter(({ key }) => !isShown.has(key)), ...fresh];
  return {
    shown: shown.map(row => newer(row, rows.find(({ key }) => key === row.key))),
    fresh: rowsOf(waiting.map(({ newest }) => newest)),
    gap: gap || (items.length > 0 && nextCursor !== null && !items.some(one => page.has(attemptKey(one)))),
    page: items.length > 0 ? read : page,
  };
}

/**
 * What waits now: the first page, and what was loaded below it. Where a page ends that is not full, nobody knows: what
 * was on it before waits no longer.
 */
export function withWaiting({ shown, page }: Rows, { items, nextCursor }: AttemptPage, limit: number): Rows {
  const rows = rowsOf(items);
  const isOnPage = new Set(rows.map(({ key }) => key));
  const end = items.length < limit ? NaN : Date.parse(items.at(-1)!.startedAt);
  const isBelow = ({ newest }: Row): boolean => nextCursor !== null
    && (Date.parse(newest.startedAt) <= end || (Number.isNaN(end) && !page.has(attemptKey(newest))));
  return {
    shown: [...rows, ...shown.filter(row => !isOnPage.has(row.key) && isBelow(row))],
    fresh: [], gap: false, page: new Set(items.map(attemptKey)),
  };
}

/** Older attempts below what is shown. */
export function withOlder({ shown, ...rest }: Rows, attempts: readonly Attempt[]): Rows {
  const isShown = new Set(shown.map(({ key }) => key));
  return { shown: [...shown, ...rowsOf(attempts).filter(({ key }) => !isShown.has(key))], ...rest };
}

/** What waited is shown on top. */
export const withFresh = ({ shown, fresh, ...rest }: Rows): Rows =>
  ({ shown: [...fresh, ...shown], fresh: [], ...rest });

const newer = (row: Row, other: Row | undefined): Row =>
  other && other.newest.attempt >= row.newest.attempt ? other : row;

// A minute: what is as late as that is held, or waits for something that is in trouble.
const lateAfter = 60_000;

/** Whether an attempt is about to be made, which somebody may want to see. */
export const isDue = (nextAttemptAt: string | null): boolean =>
  nextAttemptAt !== null && Date.parse(nextAttemptAt) > now() - lateAfter;

/** Whether an attempt has still to be made: it is not long over, or a pause has held it up since. */
export const isOpen = (nextAttemptAt: string | null, pausedAt: string | null | undefined): boolean =>
  isDue(nextAttemptAt)
    || Boolean(nextAttemptAt && pausedAt && Date.parse(nextAttemptAt) > Date.parse(pausedAt) - lateAfter);

const hour = 3_600_000;

/** Milliseconds of a period that ends now; null for any time. */
export const periods = { hour, day: 24 * hour, week: 168 * hour, any: null } as const;
/** When a period that ends now began; null for any time. */
export const backTo = (period: keyof typeof periods): string | null => {
  const back = periods[period];
  return back === null ? null : new Date(now() - back).toISOString();
};

export type Period = keyof typeof periods | 'custom';
