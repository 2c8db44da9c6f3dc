import type { Changes, EventName, Subscription } from '../api/calls';
import type { Failure, Schemas } from '../api/client';
import { eventNames, failureText, fieldText } from '../explain';
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

/** What is wrong, by the id of the control. */
export type Faults = Partial<Record<FieldName | HeaderField, string>>;
type FieldName = 'name' | 'url' | 'events' | 'secret' | 'headers';
type HeaderField = `header-${'name' | 'value'}-${number}`;

/** The id of a header's name or value. */
export const headerField = (part: 'name' | 'value', { key }: HeaderRow): HeaderField => `header-${part}-${key}`;

/** What is wrong with a form, by field and besides. Each try finds it anew, and the focus follows each. */
export interface Wrong {
  readonly faults: Faults;
  readonly texts: readonly string[];
}

export const nothingWrong: Wrong = { faults: {}, texts: [] };

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
  Object.fromEntries(headers.flatMap(({ name, value }) =>
    name.trim() && value !== null ? [[name.trim(), value.trim()]] : []));

/** All headers of a test; null stands for the stored value. */
export const testHeaders = ({ headers }: Draft): Record<string, string | null> =>
  Object.fromEntries(headers.filter(({ name }) => name.trim() !== '')
    .map(({ name, value }) => [name.trim(), value && value.trim()]));

// Headers whose names differ in case only are one.
const folded = (name: string): string => name.trim().toLowerCase();

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every(one => b.includes(one));

// The form does not show events that are newer than the page, and takes none of them away.
const withUnknown = (events: string[], stored: Subscription | null): string[] => {
  const isUnknown = (name: string): boolean => name !== '*' && !(eventNames as readonly string[]).includes(name);
  return events.includes('*') ? events : [...events, ...(stored?.events ?? []).filter(isUnknown)];
};

/** What differs from what is stored. */
export function changesOf(draft: Draft, stored: Subscription): Changes {
  const name = draft.name.trim() || null;
  const events = withUnknown(eventsOf(draft), stored);
  const headers: Record<string, string | null> = typedHeaders(draft);
  const named = new Set(draft.headers.map(({ name }) => folded(name)));
  for (const gone of stored.headerNames) {
    if (!named.has(folded(gone))) headers[gone] = null;
  }
  return {
    ...(name === stored.name ? {} : { name }),
    ...(draft.url.trim() === stored.url ? {} : { url: draft.url.trim() }),
    ...(same(events, stored.events) ? {} : { events }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
}

/** Whether a version has a field as it was typed, as far as can be seen: the values of headers cannot. */
export function isStored(draft: Draft, field: keyof Changes, stored: Subscription): boolean {
  switch (field) {
    case 'url': return isSameUrl(draft.url.trim(), stored.url);
    case 'headers': return same(Object.keys(testHeaders(draft)).map(folded), stored.headerNames.map(folded));
    default: return !(field in changesOf(draft, stored));
  }
}

/** Whether the server stores a URL that was typed as another one. */
const isSameUrl = (typed: string, stored: string): boolean =>
  typed === stored || (URL.canParse(typed) && new URL(typed).href === stored);

/** The form on top of a newer version: what was typed since `from` stays, and the rest is as it is stored now. */
export function rebased(draft: Draft, from: Draft, fresh: Subscription): Draft {
  const stored = draftOf(fresh);
  // The key of a row is no part of what was typed.
  const text = (value: unknown): string => JSON.stringify(value, (name, part) => name === 'key' ? undefined : part);
  const pick = <F extends keyof Draft>(field: F): Draft[F] =>
    (text(draft[field]) === text(from[field]) ? stored : draft)[field];
  return {
    name: pick('name'), url: pick('url'), events: pick('events'), later: pick('later'), headers: pick('headers'),
  };
}

interface Typed {
  readonly id: string;
  readonly draft: Draft;
  /** The form as it was saved. */
  readonly from: Draft;
}

let meanwhile: Typed | null = null;

/** Keeps what was typed while a new webhook was being saved, for the form of its settings. */
export const keepTyped = (typed: Typed): void => { meanwhile = typed; };

/** The form for a webhook: as it is stored, with what was typed while it was being made. */
export function firstDraftOf(stored: Subscription): Draft {
  if (meanwhile?.id !== stored.id) return draftOf(stored);
  const { draft, from } = meanwhile;
  meanwhile = null;
  return rebased(draft, from, stored);
}

/** What can be seen to be wrong without asking the server. */
export function faultsOf(draft: Draft, stored: Subscription | null): Faults {
  const events = withUnknown(eventsOf(draft), stored);
  return { ...testFaultsOf(draft), ...(events.length === 0 ? { events: t.form.noEvents } : {}) };
}

/** The same of what a test is sent with. */
export function testFaultsOf(draft: Draft): Faults {
  const url = urlFault(draft.url.trim());
  return { ...(url ? { url } : {}), ...headerFaults(draft.headers) };
}

// RFC 9110, 5.6.2, and the length that the server takes.
const headerName = /^[!#$%&'*+\-.^_`|~\w]{1,64}$/;

// An empty row is nobody's fault: it is left out.
function headerFaults(rows: readonly HeaderRow[]): Faults {
  const faults: Faults = {};
  const names = new Set<string>();
  for (const row of rows.filter(({ name, value }) => name.trim() || value?.trim())) {
    const name = row.name.trim();
    const fault = !name ? t.form.noHeaderName : !headerName.test(name) ? t.form.badHeaderName
      : names.has(folded(name)) ? t.form.sameHeader(name) : null;
    if (fault) faults[headerField('name', row)] = fault;
    else if (row.value?.trim() === '') faults[headerField('value', row)] = t.form.noHeaderValue(name);
    names.add(folded(name));
  }
  return faults;
}

/** What is wrong with a URL; null when the server is to judge. */
export function urlFault(url: string): string | null {
  if (url === '') return t.form.noUrl;
  // A receiver on one's own machine is the server's to refuse or to take.
  if (/^http:/i.test(url) && !/^http:\/\/(localhost|127\.)/i.test(url)) return t.fieldErrors.https_required;
  return URL.canParse(url) && !/\s/.test(url) ? null : t.form.badUrl;
}

/** What is wrong by the server's answer. `lost` says what is not known if none came. */
export function wrongOf(failure: Failure, lost: string, headers: readonly HeaderRow[] = []): Wrong {
  const wrong = serverFaults(failure.errors, headers);
  const isNamed = Object.keys(wrong.faults).length + wrong.texts.length > 0;
  return isNamed ? wrong : { faults: {}, texts: [failure.status === 0 ? lost : failureText(failure)] };
}

// What the server finds wrong with the value of a header, and not with its name.
const valueFaults = ['missing', 'invalid_length', 'invalid_characters', 'other_host'];

// The faults of fields that are not in the form are left over.
function serverFaults(errors: Failure['errors'], headers: readonly HeaderRow[]): Wrong {
  const faults: Faults = {};
  const texts: string[] = [];
  for (const error of errors) {
    // A JSON Pointer, RFC 6901.
    const [, field = '', part = ''] = error.pointer.split('/')
      .map(one => one.replaceAll('~1', '/').replaceAll('~0', '~'));
    const sentence = field === 'headers' && part ? `${part}: ${fieldText(error)}` : fieldText(error);
    const row = part ? headers.find(({ name }) => name.trim() === part) : undefined;
    if (row) {
      const isOfValue = row.value !== null && valueFaults.includes(error.code);
      faults[headerField(isOfValue ? 'value' : 'name', row)] = sentence;
    } else if (['name', 'url', 'events', 'secret', 'headers'].includes(field)) {
      const name = field as FieldName;
      faults[name] = faults[name] ? `${faults[name]} ${sentence}` : sentence;
    } else {
      texts.push(sentence);
    }
  }
  return { faults, texts };
}

// As many bytes as SHA-256 has: more adds nothing.
const secretBytes = 32;

/** A new signing secret, made here, so that the test before saving is signed with it and no lost answer loses it. */
export function makeSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(secretBytes));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
