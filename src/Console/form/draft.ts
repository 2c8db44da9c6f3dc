import type { Changes, EventName, Subscription } from '../api/calls';
import type { Schemas } from '../api/client';
import { eventNames } from '../explain';
import { t } from '../messages/language';

/** A header in the form; its value is null while the stored one stays. */
export interface HeaderRow {
  readonly key: number;
  readonly name: string;
  readonly value: string | null;
}

/** What stands in the form. */
export interface Draft {
  readonly name: string;
  readonly url: string;
  readonly events: readonly EventName[];
  /** Whether events that Atrium adds later are wanted too: then all are. */
  readonly later: boolean;
  readonly headers: readonly HeaderRow[];
}

/** What is wrong, by field: name, url, events, secret, headers. */
export type Faults = Partial<Record<FieldName, string>>;
export type FieldName = 'name' | 'url' | 'events' | 'secret' | 'headers';

let lastKey = 0;
export const headerRow = (name: string, value: string | null): HeaderRow => ({ key: ++lastKey, name, value });

/** The form for a subscription, or for a new one. */
export function draftOf(stored: Subscription | null): Draft {
  if (!stored) return { name: '', url: '', events: eventNames, later: false, headers: [] };
  const later = stored.events.includes('*');
  return {
    name: stored.name ?? '',
    url: stored.url,
    events: later ? eventNames : eventNames.filter(name => stored.events.includes(name)),
    later,
    headers: stored.headerNames.map(name => headerRow(name, null)),
  };
}

/** The events as the API wants them: the star alone for all. */
export const eventsOf = ({ events, later }: Draft): Schemas['SubscriptionRequest']['events'] =>
  later && events.length === eventNames.length ? ['*'] : [...events];

/** The headers that were typed, by name. */
export const typedHeaders = ({ headers }: Draft): Record<string, string> =>
  Object.fromEntries(headers.flatMap(({ name, value }) => name.trim() && value !== null ? [[name.trim(), value]] : []));

/** All headers of a test; null stands for the stored value. */
export const testHeaders = ({ headers }: Draft): Record<string, string | null> =>
  Object.fromEntries(headers.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]));

/** What differs from what is stored. */
export function changesOf(draft: Draft, stored: Subscription): Changes {
  const name = draft.name.trim() || null;
  const events = eventsOf(draft);
  const same = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === b.length && a.every(one => b.includes(one));
  const headers: Record<string, string | null> = typedHeaders(draft);
  for (const gone of stored.headerNames) {
    if (!draft.headers.some(row => row.name === gone)) headers[gone] = null;
  }
  return {
    ...(name === stored.name ? {} : { name }),
    ...(draft.url.trim() === stored.url ? {} : { url: draft.url.trim() }),
    ...(same(events, stored.events) ? {} : { events }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
}

/** The form on top of a newer version: what was typed stays, and the rest is as it is stored now. */
export function rebased(draft: Draft, changes: Changes, fresh: Subscription): Draft {
  const stored = draftOf(fresh);
  return {
    name: changes.name === undefined ? stored.name : draft.name,
    url: changes.url === undefined ? stored.url : draft.url,
    events: changes.events === undefined ? stored.events : draft.events,
    later: changes.events === undefined ? stored.later : draft.later,
    headers: changes.headers === undefined ? stored.headers : draft.headers,
  };
}

/** What can be seen to be wrong without asking the server. */
export function faultsOf(draft: Draft): Faults {
  const url = urlFault(draft.url.trim());
  return { ...(url ? { url } : {}), ...(draft.events.length === 0 ? { events: t.form.noEvents } : {}) };
}

/** What is wrong with a URL; null when the server is to judge. */
export function urlFault(url: string): string | null {
  if (url === '') return t.form.noUrl;
  // A receiver on one's own machine is the server's to refuse or to take.
  if (/^http:/i.test(url) && !/^http:\/\/(localhost|127\.)/i.test(url)) return t.form.httpUrl;
  return URL.canParse(url) && !/\s/.test(url) ? null : t.form.badUrl;
}

/**
 * The server's faults by field, in our words where the language has some for the code. The faults of fields that are
 * not in the form are left over.
 */
export function serverFaults(errors: readonly Schemas['FieldError'][]): { faults: Faults; rest: string[] } {
  const faults: Faults = {};
  const rest: string[] = [];
  for (const { pointer, code, detail } of errors) {
    const sentence = t.fieldErrors[code] ?? detail;
    const [, field = '', part] = pointer.split('/');
    if (['name', 'url', 'events', 'secret', 'headers'].includes(field)) {
      const text = field === 'headers' && part ? `${part}: ${sentence}` : sentence;
      const name = field as FieldName;
      faults[name] = faults[name] ? `${faults[name]} ${text}` : text;
    } else {
      rest.push(sentence);
    }
  }
  return { faults, rest };
}

// As many bytes as SHA-256 has: more adds nothing.
const secretBytes = 32;

/** A new signing secret, made here, so that the test before saving is signed with it and no lost answer loses it. */
export function makeSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(secretBytes));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
