import { setClock } from '../clock';
import { connectionLost, connectionWorks } from './connection';
import { openedFor, renewed, restartWith, token } from './token';
import type { components } from './api';

export type Schemas = components['schemas'];

/** Why there is no answer to work with. */
export interface Failure {
  /** The status of HTTP; 0 when no answer came. */
  readonly status: number;
  /** The code of the problem; "no_answer" when none came. */
  readonly code: string;
  /** The server's sentence; empty when no answer came. */
  readonly detail: string;
  readonly traceId: string | null;
  readonly errors: readonly Schemas['FieldError'][];
  /** Seconds from now that the server asks to wait. */
  readonly retryAfter: number | null;
  /** Where a session is begun, where the server says so. */
  readonly links: { readonly returnUrl?: string | undefined; readonly signInUrl?: string | undefined };
}

/** An answer: its data, or why there is none. */
export type Answer<T> =
  | { readonly data: T; readonly etag: string | null; readonly failure?: undefined }
  | { readonly data?: undefined; readonly failure: Failure };

interface Options {
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;
  readonly body?: unknown;
  readonly ifMatch?: string;
  /** Makes it safe to ask again. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  /** Answers 401 as a failure, instead of waiting for a new session. */
  readonly once?: boolean;
  /** Asks with another token than the session's. */
  readonly token?: string;
}

const base = '/api/portal';

// A minute, in which what is shown is loaded twice or more. What has not come by then is lost.
const longestWait = 60_000;

/** Calls an operation of the portal. Without a session it waits for one; what is aborted never answers. */
export async function call<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  for (;;) {
    const used = token.value;
    const answer = await send<T>(method, path, options);
    if (answer.failure?.code === 'other_session') {
      restartWith(used);
      return answer;
    }
    if (answer.failure?.status !== 401 || options.once) return answer;
    await renewed(used, answer.failure.links);
  }
}

async function send<T>(method: string, path: string, options: Options): Promise<Answer<T>> {
  const { query = {}, body, ifMatch, idempotencyKey, signal, once, token: used = token.value } = options;
  const entries = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const search = new URLSearchParams(entries.map(([name, value]) => [name, String(value)]));
  // The last one is for a session by cookie: no other site can send it. Who asks whose session it is takes any.
  const headers = new Headers({ accept: 'application/json', 'x-atrium-portal': once ? '1' : openedFor.value });
  if (used) headers.set('authorization', `Bearer ${used}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (ifMatch) headers.set('if-match', ifMatch);
  if (idempotencyKey) headers.set('idempotency-key', idempotencyKey);

  const late = AbortSignal.timeout(longestWait);
  const sentAt = Date.now();
  try {
    const response = await fetch(`${base}${path}${search.size > 0 ? `?${search}` : ''}`, {
      method, headers, signal: AbortSignal.any(signal ? [late, signal] : [late]), cache: 'no-store',
      body: body === undefined ? null : JSON.stringify(body),
    });
    setClock(response.headers.get('date'), sentAt);
    const answer = await answerOf<T>(response);
    // Not before: a connection that breaks within each answer does not work.
    connectionWorks();
    return answer;
  } catch (error) {
    if (signal?.aborted) return new Promise(() => {});
    if (!(late.aborted || error instanceof TypeError || error instanceof SyntaxError)) throw error;
    connectionLost();
    return { failure: noAnswer };
  }
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  if (!response.ok) return { failure: await failureOf(response) };
  const text = await response.text();
  return { data: (text === '' ? undefined : JSON.parse(text)) as T, etag: response.headers.get('etag') };
}

export const noAnswer: Failure =
  { status: 0, code: 'no_answer', detail: '', traceId: null, errors: [], retryAfter: null, links: {} };

async function failureOf(response: Response): Promise<Failure> {
  const wait = Number(response.headers.get('retry-after') ?? NaN);
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  // What is no problem comes from something between us and the app: its words are not for people.
  const problem = (isProblem ? await response.json() : {}) as Partial<Schemas['Problem']> & Failure['links'];
  return {
    status: response.status,
    code: problem.code ?? 'unexpected',
    detail: problem.detail ?? '',
    traceId: problem.traceId ?? null,
    errors: problem.errors ?? [],
    retryAfter: Number.isNaN(wait) ? null : wait,
    links: { returnUrl: problem.returnUrl, signInUrl: problem.signInUrl },
  };
}
