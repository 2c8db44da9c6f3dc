import { getSubscription, type Subscription } from './api/calls';
import type { Answer, Failure } from './api/client';
import { eventNames, eventText } from './explain';
import { full } from './format';
import { t } from './messages/language';

/** What is known of a webhook: all of it, or what the overview shows. */
export type Known = Pick<Subscription, 'id' | 'etag' | 'name' | 'url' | 'pausedAt'>
  & { readonly events: readonly string[] }
  & Partial<Pick<Subscription, 'headerNames' | 'hasSecret' | 'secretCreatedAt'>>;

/** A field that is not as it was: its name for people, and both values. */
export interface Difference {
  readonly field: string;
  readonly title: string;
  readonly before: string;
  readonly now: string;
}

/** Somebody else was there first. */
export interface Changed<V = Subscription> {
  readonly differences: readonly Difference[];
  readonly fresh: V;
}

/** What a change came to: done, failed, or not done since what the person saw is no longer so. */
export type Outcome<T, V = Subscription> =
  | { readonly data: T; readonly failure?: undefined; readonly changed?: undefined }
  | { readonly failure: Failure; readonly data?: undefined; readonly changed?: undefined }
  | { readonly changed: Changed<V>; readonly data?: undefined; readonly failure?: undefined };

/**
 * Changes the version that the person saw. Where there is a newer one that looks no different, changes that: the app
 * notes in it that a webhook begins to fail. `done` gives what a newer version has already of what was wanted: it may
 * be one's own change, whose answer was lost.
 */
export async function changingSeen<T, S, V extends S>(
  seen: S, change: (version: S) => Promise<Answer<T>>, read: () => Promise<Answer<V>>,
  differ: (seen: S, fresh: V) => Difference[], done: (fresh: V) => T | null = () => null): Promise<Outcome<T, V>> {
  const answer = await change(seen);
  if (!isConflict(answer.failure)) return answer as Outcome<T, V>;
  const { data: fresh, failure } = await read();
  if (failure) return { failure };
  const data = done(fresh);
  if (data !== null) return { data };
  const differences = differ(seen, fresh);
  return differences.length > 0 ? { changed: { differences, fresh } } : await change(fresh) as Outcome<T, V>;
}

// Whether something was not changed since there is another version of it than the one that was seen.
const isConflict = (failure: Failure | undefined): boolean => failure?.status === 412 || failure?.status === 428;

/** Changes a webhook, or says what somebody else has changed of it. */
export const changing = <T>(
  seen: Known, change: (etag: string) => Promise<Answer<T>>,
  done?: (fresh: Subscription) => T | null): Promise<Outcome<T>> =>
  changingSeen(seen, ({ etag }) => change(etag), () => getSubscription(seen.id), differencesOf, done);

const fields = ['name', 'url', 'events', 'headers', 'secret', 'paused'] as const;

/** What people call a field. */
export const titleOf = (field: typeof fields[number]): string =>
  field === 'paused' ? t.settings.pauseTitle : t.form[field];

/** What a person would see to be different, of what is known of both. */
export function differencesOf(seen: Known, fresh: Known): Difference[] {
  return fields.flatMap(field => {
    const [before, now] = [valueOf(seen, field), valueOf(fresh, field)];
    return before === null || now === null || before === now ? [] : [{ field, title: titleOf(field), before, now }];
  });
}

/** A field as text; null when it is not known. */
export function valueOf(webhook: Known, field: typeof fields[number]): string | null {
  const { headerNames, hasSecret, secretCreatedAt } = webhook;
  switch (field) {
    case 'name': return webhook.name ?? '';
    case 'url': return webhook.url;
    case 'events': return eventsText(webhook.events);
    case 'headers': return headerNames?.join(', ') ?? null;
    case 'secret': return hasSecret === undefined ? null
      : hasSecret && secretCreatedAt ? madeAt(secretCreatedAt)
        : hasSecret ? t.settings.secretSet : t.settings.noSecret;
    case 'paused': return webhook.pausedAt ? t.settings.isPaused : t.settings.notPaused;
  }
}

/** When a secret was made, as text. */
export const madeAt = (time: string): string => t.settings.secretSince(full(Date.parse(time)));

/** Events as a list for people; the star stands for all, and those to come. */
export const eventsText = (names: readonly string[]): string =>
  (names.includes('*') ? [...eventNames, t.form.later] : names).map(eventText).join(', ');
