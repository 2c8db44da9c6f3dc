import type { Schemas } from '../api/client';

/** What a failure is in a sentence, and what to do about it. */
export interface Advice {
  readonly what: string;
  readonly todo: readonly string[];
}

const whoLooksAfter = 'ask whoever looks after the receiver';

/** By how the attempt failed, when no answer tells more. */
export const byErrorClass = {
  dns: {
    what: 'The name in the URL cannot be found on the internet.',
    todo: ['Check the spelling of the URL.', `If it is right, ${whoLooksAfter} whether its name is public.`],
  },
  connect: {
    what: 'The receiver cannot be reached from the internet.',
    todo: [`Check that it is switched on; ${whoLooksAfter} whether a firewall keeps Atrium out.`],
  },
  refused: {
    what: 'Nothing is listening under this address.',
    todo: ['Check the number of the port in the URL, if there is one.', 'Check that the receiver is switched on.'],
  },
  tls: {
    what: 'No secure connection could be made.',
    todo: [`Look whether the receiver’s certificate has expired; ${whoLooksAfter}. It needs TLS 1.2 or 1.3.`],
  },
  timeout: {
    what: 'The receiver did not answer in time.',
    todo: ['It should answer as soon as it has stored the event, and do the work afterwards.',
      `Check that it is switched on; ${whoLooksAfter} whether a firewall keeps Atrium out.`],
  },
  reset: {
    what: 'The receiver hung up before it had answered.',
    todo: ['Look at the receiver’s log for this time.'],
  },
  blocked: {
    what: 'The URL leads into a private network, so nothing was sent.',
    todo: ['Use a URL that the whole internet can reach. A private network needs a public gateway.'],
  },
  http: {
    what: 'The receiver’s answer cannot be read.',
    todo: ['Check the number of the port in the URL, if there is one.', 'The receiver has to speak HTTP/1.1.'],
  },
  body: {
    what: 'The receiver answered, but its answer did not end.',
    todo: ['Nothing was lost. Let it answer without a body.'],
  },
  endpoint_down: {
    what: 'The receiver has been failing for everything lately, so nothing was sent this time.',
    todo: ['Look at the attempts before this one: they say why.', 'The next success ends this by itself.'],
  },
  endpoint_overloaded: {
    what: 'The receiver is too slow for all that is to be sent, so nothing was sent this time.',
    todo: ['It should answer as soon as it has stored the event, and do the work afterwards.'],
  },
} as const satisfies Record<NonNullable<Schemas['ErrorClass']>, Advice>;

/** By what was answered. */
export const byStatus = {
  redirect: {
    what: 'the receiver points to another address, which Atrium does not follow.',
    todo: ['Send a test: it shows where to. If that address is yours, use it as the URL.'],
  },
  signature: {
    what: 'the receiver does not accept the signature.',
    todo: ['Compare the secret in the receiver with the one of this webhook. Make a new one if in doubt.',
      '“Check a signature” tells which step fails.'],
  },
  login: {
    what: 'the receiver refused the request.',
    todo: ['Either it did not accept the signature: compare its secret with the one of this webhook.',
      'Or it wants a login: add a header with one.'],
  },
  noticeSignature: {
    what: 'the receiver does not accept the signature.',
    todo: ['Compare the secret in the receiver with the one for notices. Make a new one if in doubt.'],
  },
  noticeLogin: {
    what: 'the receiver refused the request.',
    todo: ['Either it did not accept the signature: compare its secret with the one for notices.',
      'Or it wants a login, which notices cannot have: choose a receiver that only looks at the signature.'],
  },
  data: {
    what: 'the receiver does not accept the event as it is.',
    todo: ['Read what came back: it often says why.', 'Check which fields the receiver expects.'],
  },
  missing: {
    what: 'there is nothing under this address.',
    todo: ['Check the URL.', 'Check whether the Zap, scenario or flow is switched on.'],
  },
  method: {
    what: 'the address exists, but takes no events.',
    todo: ['Check the URL: its end may be missing.'],
  },
  large: {
    what: 'the event is too large for the receiver.',
    todo: ['Raise its limit to 256 KB.'],
  },
  type: {
    what: 'the receiver does not take JSON.',
    todo: ['Set the receiver to accept application/json.'],
  },
  many: {
    what: 'the receiver takes no more for now.',
    todo: ['Raise its limit of requests.'],
  },
  server: {
    what: 'the receiver, or something before it, failed.',
    todo: ['Look at the receiver’s log for this time.'],
  },
  other: {
    what: 'only an answer from 200 to 299 counts as delivered.',
    todo: ['Look at the receiver’s log for the reason.'],
  },
} as const satisfies Record<string, Advice>;

export const answered = (status: number, what: string): string => `The receiver answered ${status}: ${what}`;
