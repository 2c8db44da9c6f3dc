import type { Schemas } from '../api/client';
import type { byErrorClass, byStatus } from './advice.en';

/** What failed, as there is advice on it. */
export type Kind = keyof typeof byErrorClass | keyof typeof byStatus;

// That it is the signature is said with the status.
type Cause = Exclude<Schemas['FailureCause'], 'signature'>;

/** What to do about what failed. Loaded when it is looked at. */
export interface TodoWords {
  /** If no more is known than the kind. */
  readonly byKind: Readonly<Record<Kind, readonly string[]>>;
  /** What was found out beyond the kind, and what to do then. */
  readonly byCause: Readonly<Record<Cause, { readonly what: string; readonly todo: readonly string[] }>>;
}

const whoLooksAfter = 'ask whoever looks after the receiver';
const askWhoLooksAfter = 'Ask whoever looks after the receiver';
const reach = `Check that it is switched on; ${whoLooksAfter} whether a firewall keeps Atrium out.`;
const answerSoon = 'It should answer as soon as it has stored the event, and do the work afterwards.';
const publicCertificate = `${askWhoLooksAfter} to install a certificate from a public authority.`;

export const todo: TodoWords = {
  byKind: {
    dns: [`${askWhoLooksAfter} to check its name.`],
    connect: [reach],
    refused: ['Check the number of the port in the URL, if there is one.', 'Check that the receiver is switched on.'],
    tls: [`${askWhoLooksAfter} to check its certificate. It needs TLS 1.2 or 1.3.`],
    timeout: ['Check that the receiver is switched on, and look at its log for this time.'],
    reset: ['Look at the receiver’s log for this time.'],
    blocked: ['Change the URL.'],
    http: ['Check the number of the port in the URL, if there is one.', 'The receiver has to speak HTTP/1.1.'],
    body: ['Nothing was lost. Let it answer without a body.'],
    endpoint_down: ['Look at the attempts before this one: they say why.', 'The next success ends this by itself.'],
    endpoint_overloaded: [answerSoon],
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
  },
  byCause: {
    name_not_found: {
      what: 'The name is not known on the internet.',
      todo: ['Check the spelling of the URL.', `If it is right, ${whoLooksAfter} whether its name is public.`],
    },
    name_servers_silent: {
      what: 'The name servers of the domain did not answer.',
      todo: ['Send a test in some minutes.', 'If it fails too, ask whoever looks after the domain to check them.'],
    },
    address_not_public: {
      what: 'It leads into a private network.',
      todo: ['Use a URL that the whole internet can reach. A private network needs a public gateway.'],
    },
    connect_timeout: { what: 'The receiver did not take the connection.', todo: [reach] },
    tls_timeout: {
      what: 'The receiver took the connection, but did not finish securing it.',
      todo: [`${askWhoLooksAfter} whether it is overloaded, and to check its settings for TLS.`],
    },
    answer_timeout: { what: 'The receiver takes too long to answer.', todo: [answerSoon] },
    certificate_missing: { what: 'The receiver shows no certificate.', todo: [publicCertificate] },
    certificate_name: {
      what: 'The receiver’s certificate is for another name than the one in the URL.',
      todo: [
        'Use a URL with a name that the certificate covers.',
        `Or ${whoLooksAfter} for a certificate that covers this name.`,
      ],
    },
    certificate_time: {
      what: 'The receiver’s certificate has expired, or is not valid yet.',
      todo: [`${askWhoLooksAfter} to renew it.`],
    },
    certificate_untrusted: {
      what: 'The receiver’s certificate is not trusted: it is self-signed or from a private authority, or the '
        + 'certificates between are not sent along.',
      todo: [`${askWhoLooksAfter} to install a certificate from a public authority, with its whole chain.`],
    },
    certificate_invalid: { what: 'The receiver’s certificate is not valid for this use.', todo: [publicCertificate] },
    no_tls: {
      what: 'The receiver did not agree on TLS 1.2 or 1.3.',
      todo: [
        'Check the number of the port in the URL, if there is one: it has to be one for https.',
        `${askWhoLooksAfter} which versions of TLS it takes.`,
      ],
    },
    http2_only: {
      what: 'The receiver speaks HTTP/2 only, and events are sent by HTTP/1.1.',
      todo: [`${askWhoLooksAfter} to let it, or a proxy before it, take HTTP/1.1 as well.`],
    },
    not_http: {
      what: 'What came back is not HTTP/1.1.',
      todo: ['Check the number of the port in the URL, if there is one: it has to be that of a web server.'],
    },
    redirect_without_target: {
      what: 'It names no web address.',
      todo: [`${askWhoLooksAfter} for the URL that takes events itself.`],
    },
  },
};
