import type { byErrorClass, byStatus } from './advice.en';

/** What failed, as there is advice on it. */
export type Cause = keyof typeof byErrorClass | keyof typeof byStatus;

const whoLooksAfter = 'ask whoever looks after the receiver';

/** What to do about what failed. Loaded when it is looked at. */
export const todo: Readonly<Record<Cause, readonly string[]>> = {
  dns: ['Check the spelling of the URL.', `If it is right, ${whoLooksAfter} whether its name is public.`],
  connect: [`Check that it is switched on; ${whoLooksAfter} whether a firewall keeps Atrium out.`],
  refused: ['Check the number of the port in the URL, if there is one.', 'Check that the receiver is switched on.'],
  tls: [`Look whether the receiver’s certificate has expired; ${whoLooksAfter}. It needs TLS 1.2 or 1.3.`],
  timeout: [
    'It should answer as soon as it has stored the event, and do the work afterwards.',
    `Check that it is switched on; ${whoLooksAfter} whether a firewall keeps Atrium out.`,
  ],
  reset: ['Look at the receiver’s log for this time.'],
  blocked: ['Use a URL that the whole internet can reach. A private network needs a public gateway.'],
  http: ['Check the number of the port in the URL, if there is one.', 'The receiver has to speak HTTP/1.1.'],
  body: ['Nothing was lost. Let it answer without a body.'],
  endpoint_down: ['Look at the attempts before this one: they say why.', 'The next success ends this by itself.'],
  endpoint_overloaded: ['It should answer as soon as it has stored the event, and do the work afterwards.'],
  redirect: ['Send a test: it shows where to. If that address is yours, use it as the URL.'],
  signature: [
    'Compare the secret in the receiver with the one of this webhook. Make a new one if in doubt.',
    '“Check a signature” tells which step fails.',
  ],
  login: [
    'Either it did not accept the signature: compare its secret with the one of this webhook.',
    'Or it wants a login: add a header with one.',
  ],
  noticeSignature: ['Compare the secret in the receiver with the one for notices. Make a new one if in doubt.'],
  noticeLogin: [
    'Either it did not accept the signature: compare its secret with the one for notices.',
    'Or it wants a login, which notices cannot have: choose a receiver that only looks at the signature.',
  ],
  data: ['Read what came back: it often says why.', 'Check which fields the receiver expects.'],
  missing: ['Check the URL.', 'Check whether the Zap, scenario or flow is switched on.'],
  method: ['Check the URL: its end may be missing.'],
  large: ['Raise its limit to 256 KB.'],
  type: ['Set the receiver to accept application/json.'],
  many: ['Raise its limit of requests.'],
  server: ['Look at the receiver’s log for this time.'],
  other: ['Look at the receiver’s log for the reason.'],
};
