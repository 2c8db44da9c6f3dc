import type { DeadLetterGroup, Filter, Overview } from '../api/calls';
import { now } from '../clock';

/** Failed events of one webhook that failed alike, of whatever event. */
export interface Group {
  readonly key: string;
  readonly queue: DeadLetterGroup['queue'];
  readonly subscriptionId: string | null;
  readonly reason: string | null;
  readonly lastStatus: number | null;
  readonly lastErrorClass: string | null;
  readonly count: number;
  readonly oldest: string;
  readonly newest: string;
}

/** What is looked at: by webhook, event and time. */
export interface Look {
  readonly subscriptionId: string | null;
  readonly event: string | null;
  readonly from: string | null;
}

// A minute: what failed is counted within seconds, unless something is in trouble.
const lateAfter = 60_000;

/**
 * Until when all is counted, if that is long before the time of the answers; NaN when it is not known, and null when
 * nothing is missing.
 */
export function behindOf(answers: readonly { readonly indexedAt: string | null }[], asOf = now()): number | null {
  const until = Math.min(...answers.map(({ indexedAt }) => Date.parse(indexedAt ?? '')));
  return until > asOf - lateAfter ? null : until;
}

/** The same of the overview, which may have been loaded some time ago. */
export const behindOverview = (overview: Overview): number | null => behindOf([overview], Date.parse(overview.asOf));

/** The queues that hold what failed; an event that nobody could use belongs to no webhook. */
export const queuesOf = ({ subscriptionId }: Pick<Look, 'subscriptionId'>): readonly DeadLetterGroup['queue'][] =>
  subscriptionId ? ['deliveries', 'parked'] : ['deliveries', 'parked', 'visitor-events'];

/** Puts together what differs by its event only, the newest first. */
export function groupsOf(items: readonly DeadLetterGroup[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { event: _, ...item } of items) {
    const { queue, subscriptionId, reason, lastStatus, lastErrorClass } = item;
    const key = JSON.stringify([queue, subscriptionId, reason, lastStatus, lastErrorClass]);
    const old = groups.get(key);
    groups.set(key, {
      ...item,
      key,
      count: item.count + (old?.count ?? 0),
      oldest: old && old.oldest < item.oldest ? old.oldest : item.oldest,
      newest: old && old.newest > item.newest ? old.newest : item.newest,
    });
  }
  return [...groups.values()].sort((a, b) => b.newest.localeCompare(a.newest));
}

/** What is counted and acted upon for a look: one filter for both. */
export const filterOf = ({ subscriptionId, event, from }: Look): Filter => ({
  ...(subscriptionId ? { subscriptionId } : {}),
  ...(event ? { event: event as NonNullable<Filter['event']> } : {}),
  ...(from ? { from } : {}),
});

const parts = ['subscriptionId', 'reason', 'lastStatus', 'lastErrorClass'] as const;

/** The filter of one group. What is left out of it would mean any, so what the group lacks is named. */
export function filterOfGroup(group: Group, look: Look): Filter {
  const without = parts.filter(part => group[part] === null);
  const has = parts.filter(part => group[part] !== null).map(part => [part, group[part]]);
  return { ...filterOf(look), queue: group.queue, ...Object.fromEntries(has), ...(without[0] ? { without } : {}) };
}

const iso = (time: number): string => new Date(time).toISOString();

/**
 * The filters of all chosen groups, each until a time, so that what fails meanwhile is not swept along. A webhook whose
 * groups are all chosen is one filter: one job instead of many. It takes any cause, so it ends when the groups were
 * loaded; `wholeUntil` is null if there may be groups that nobody has seen.
 */
export function filtersOf(
  chosen: readonly Group[], all: readonly Group[], look: Look, until: number, wholeUntil: number | null): Filter[] {
  const [to, wholeTo] = [iso(until), iso(wholeUntil ?? 0)];
  const filters = new Map<string, Filter>();
  for (const group of chosen) {
    const { queue, subscriptionId } = group;
    const isLikeIt = (other: Group): boolean => other.queue === queue && other.subscriptionId === subscriptionId;
    const isWhole = wholeUntil !== null && subscriptionId !== null
      && all.filter(isLikeIt).length === chosen.filter(isLikeIt).length;
    if (isWhole) filters.set(`${queue} ${subscriptionId}`, { ...filterOf(look), queue, subscriptionId, to: wholeTo });
    else filters.set(group.key, { ...filterOfGroup(group, look), to });
  }
  return [...filters.values()];
}
