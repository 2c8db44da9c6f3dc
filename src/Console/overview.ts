import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { getOverview, getOverviewOnce, type Overview, type SubscriptionOverview } from './api/calls';
import type { Answer, Schemas } from './api/client';
import type { Resource } from './api/resource';
import { noticesId } from './explain';
import { shortUrl } from './format';
import { isUnderWay, jobs } from './jobs';
import { route } from './route';

/** How all webhooks do: loaded once for all screens. */
export const OverviewContext = createContext<Resource<Overview>>(null!);

export const useOverview = (): Resource<Overview> => useContext(OverviewContext);

let early: Promise<Answer<Overview>> | null = null;

/** Asks while the session is asked for: on a slow line, each answer that is waited for takes its time. */
export function askEarly(): void {
  early = getOverviewOnce();
}

/** Loads what was asked for early, once, and else asks. */
export async function loadOverview(signal: AbortSignal): Promise<Answer<Overview>> {
  const asked = early;
  early = null;
  const answer = await asked;
  return answer?.data ? answer : getOverview(signal);
}

/** One webhook's part of the overview; null while it is not known, or is not there. */
export function useWebhook(id: string): SubscriptionOverview | null {
  return useOverview().data?.subscriptions.find(one => one.id === id) ?? null;
}

/**
 * Tells of which webhook it is known that it was deleted: what failed for it can be sent to nobody. Notices, and what
 * belongs to no webhook, are of none.
 */
export function useDeleted(): (id: string | null | undefined) => boolean {
  const webhooks = useOverview().data?.subscriptions;
  return id => Boolean(id && webhooks) && id !== noticesId && !webhooks!.some(one => one.id === id);
}

/** Milliseconds until the overview is loaded again. A sending that is open tells by itself how it fares. */
export function overviewEvery(data: Overview | null): number {
  const isWatched = !route.value.path.includes('/d/');
  const isRetrying = data?.subscriptions.some(({ state }) => state === 'retrying');
  return (isWatched && isRetrying) || jobs.value.some(isUnderWay) ? 5000 : 30_000;
}

/** What an admin calls a webhook: its name, else the beginning of its URL. */
export const nameOf = ({ name, url }: { name: string | null; url: string }): string => name ?? shortUrl(url);

/** The server's bounds: loaded once, after the first list; null until then. */
export const LimitsContext = createContext<Schemas['Limits'] | null>(null);

export const useLimits = (): Schemas['Limits'] | null => useContext(LimitsContext);
