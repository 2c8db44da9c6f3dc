import type { Schemas } from '../api/client';

/** What a failure is, by how the attempt failed, when no answer tells more. */
export const byErrorClass = {
  dns: 'No address was found for the name in the URL.',
  connect: 'The receiver cannot be reached from the internet.',
  refused: 'Nothing is listening under this address.',
  tls: 'No secure connection could be made.',
  timeout: 'No answer came in time.',
  reset: 'The receiver hung up before it had answered.',
  blocked: 'Atrium does not send to this URL.',
  http: 'The receiver’s answer cannot be read.',
  body: 'The receiver answered, but its answer did not end.',
  endpoint_down: 'The receiver has been failing for everything lately, so nothing was sent this time.',
  endpoint_overloaded: 'The receiver is too slow for all that is to be sent, so nothing was sent this time.',
} as const satisfies Record<NonNullable<Schemas['ErrorClass']>, string>;

/** What it is by what was answered. */
export const byStatus = {
  redirect: 'the receiver points elsewhere, which Atrium does not follow.',
  signature: 'the receiver does not accept the signature.',
  login: 'the receiver refused the request.',
  noticeSignature: 'the receiver does not accept the signature.',
  noticeLogin: 'the receiver refused the request.',
  data: 'the receiver does not accept the event as it is.',
  missing: 'there is nothing under this address.',
  method: 'the address exists, but takes no events.',
  large: 'the event is too large for the receiver.',
  type: 'the receiver does not take JSON.',
  many: 'the receiver takes no more for now.',
  server: 'the receiver, or something before it, failed.',
  other: 'only an answer from 200 to 299 counts as delivered.',
} as const;

export const answered = (status: number, what: string): string => `The receiver answered ${status}: ${what}`;
