import type { Failure } from './api/client';
import type { Attempt, EventName, NoticeName } from './api/calls';
import { t } from './messages/language';
import type { Kind } from './messages/todo.en';

/** What is on record of an exchange or an attempt that failed. */
export interface Failed {
  readonly status?: number | null | undefined;
  readonly errorClass?: string | null | undefined;
  readonly cause?: string | null | undefined;
  readonly explanation?: string | null | undefined;
  readonly event?: string | null | undefined;
}

/** What failed, in our words where we have some, else in the server's; and its kind, on which there is advice. */
export function advise({ status, errorClass, cause, explanation, event }: Failed): { what: string; kind: Kind | null } {
  const { answered, byErrorClass, byStatus } = t.advice;
  const ofClass = errorClass as keyof typeof byErrorClass;
  const known = byErrorClass[ofClass];
  // What was answered says more than that it was an answer.
  if (known && !(status && errorClass === 'http')) return { what: known, kind: ofClass };
  if (!status) return { what: explanation ?? t.outcomes.Unknown, kind: null };
  const kind = kindOf(status, cause === 'signature', isNotice(event));
  return { what: answered(status, byStatus[kind]), kind };
}

// The server has read whether the answer speaks of the signature.
function kindOf(status: number, ofSignature: boolean, ofNotice: boolean): keyof typeof t.advice.byStatus {
  if (ofSignature) return ofNotice ? 'noticeSignature' : 'signature';
  if (status >= 300 && status <= 399) return 'redirect';
  switch (status) {
    case 400: case 422: return 'data';
    case 401: case 403: return ofNotice ? 'noticeLogin' : 'login';
    case 404: case 410: return 'missing';
    case 405: return 'method';
    case 413: return 'large';
    case 415: return 'type';
    case 429: return 'many';
    default: return status >= 500 ? 'server' : 'other';
  }
}

/** Why a call failed: our words where we have some, else the server's sentence. */
export function failureText({ code, detail, errors }: Failure): string {
  if (code === 'subscription_deleted') return t.failedEvents.ofDeleted(1);
  return t.errors[code] ?? (errors.map(fieldText).join(' ') || detail || t.errors.unexpected!);
}

/** What is wrong with a field. Where there are no words for it, this page is older than the app. */
export function fieldText({ code }: Failure['errors'][number]): string {
  return (t.fieldErrors as Readonly<Record<string, string | undefined>>)[code] ?? t.errors.out_of_date!;
}

/** The admin's words for an event; its own name when it is a later one. */
export function eventText(name: string | null | undefined): string {
  if (!name) return t.events.unknown;
  return (t.events as Readonly<Record<string, string>>)[name] ?? name;
}

/** Our word for an outcome. */
export const outcomeText = (outcome: Attempt['outcome']): string => t.outcomes[outcome] ?? t.outcomes.Unknown;

export const noticeNames: readonly NoticeName[] = ['webhook.failing', 'webhook.recovered'];

const isNotice = (event: string | null | undefined): boolean => (noticeNames as readonly unknown[]).includes(event);

/** By which the notices of a tenant are known among its webhooks. */
export const noticesId = 'sub_00000000000000000000';

/** Where the page shows what was sent to a webhook; what follows `/d/` there is one sending. */
export const sentTo = (id: string): string => id === noticesId ? '#/notices' : `#/w/${id}`;

/** So many events, or notices. */
export const countOf = (count: number, areNotices: boolean): string =>
  areNotices ? t.notices.count(count) : t.failedEvents.eventCount(count);

export const eventNames: readonly EventName[] = ['visitor.pre_registered', 'visitor.checked_in', 'visitor.checked_out'];
