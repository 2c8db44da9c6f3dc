import { computed, signal } from '@preact/signals';
import { getSession, makeLocalSession, type Right, type Session } from './api/calls';
import type { Failure } from './api/client';
import { expired, setToken, token } from './api/token';
import { askEarly } from './overview';
import { keep, kept } from './storage';

/** How far signing in has come. */
export type SignIn =
  | { readonly state: 'starting' | 'ready' }
  | { readonly state: 'none'; readonly returnUrl: string | null; readonly signInUrl: string | null }
  | { readonly state: 'refused' | 'failed'; readonly failure: Failure };

export const signIn = signal<SignIn>({ state: 'starting' });

/** Who looks; null until that is known. */
export const session = signal<Session | null>(null);

/** Whether the session has a right. What it has not is not offered. */
export const can = (right: Right): boolean => session.value?.rights.includes(right) ?? false;

export const mayOnlyLook = computed(() => !can('manage') && !can('recover'));

const returnUrlKey = 'atrium.return';
const channel = new BroadcastChannel('atrium.session');

interface Handed {
  readonly tenant: string;
  readonly actor: string;
  readonly token: string;
}

/** Begins with the session that the page was opened with, that the tab still has, or that the local app makes. */
export async function startSession(given: string | null, localTenant: string): Promise<void> {
  if (given) setToken(given);
  channel.onmessage = ({ data }: MessageEvent<Handed>) => {
    const own = session.value;
    if (own && own.tenant === data.tenant && own.actor === data.actor) void takeToken(data.token);
  };
  await load(localTenant, given !== null);
}

/** Goes on with another token of the same session; what waits for it is sent again. */
export async function takeToken(value: string): Promise<void> {
  setToken(value);
  const answer = await getSession();
  if (answer.data) session.value = answer.data;
}

/** Tries again after a failure. */
export const retrySession = (localTenant: string): Promise<void> => load(localTenant, false);

async function load(localTenant: string, isNew: boolean): Promise<void> {
  signIn.value = { state: 'starting' };
  if (token.value) askEarly();
  let answer = await getSession();
  if (answer.failure?.status === 401 && isLoopback()) {
    const made = await makeLocalSession(localTenant);
    if (made.data) {
      setToken(made.data.token);
      answer = await getSession();
    }
  }
  const { failure, data } = answer;
  if (data) {
    session.value = data;
    expired.value = false;
    signIn.value = { state: 'ready' };
    if (data.returnUrl) keep(returnUrlKey, data.returnUrl);
    // Older tabs of the same person, whose session has ended, go on with this one.
    const handed = { tenant: data.tenant, actor: data.actor, token: token.value };
    if (isNew && handed.token) channel.postMessage(handed);
  } else if (failure.status === 401) {
    signIn.value = { state: 'none', returnUrl: returnUrl(failure), signInUrl: safeUrl(failure.links.signInUrl) };
  } else {
    signIn.value = { state: failure.status === 403 ? 'refused' : 'failed', failure };
  }
}

/** Where a new session is begun: what the server says, else what the last session said. */
export function returnUrl(failure?: Failure): string | null {
  return safeUrl(failure?.links.returnUrl ?? session.value?.returnUrl ?? kept(returnUrlKey));
}

// A link to anything but a web page would be a way in.
function safeUrl(url: string | null | undefined): string | null {
  if (!url) return null;
  const { protocol } = new URL(url, location.href);
  return protocol === 'https:' || protocol === 'http:' ? url : null;
}

function isLoopback(): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);
}
