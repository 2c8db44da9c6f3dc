import { computed, effect, signal } from '@preact/signals';
import { getSession, makeLocalSession, type Right, type Session } from './api/calls';
import type { Failure } from './api/client';
import { expired, openedFor, restartWith, setToken, token } from './api/token';
import { retryWait } from './api/resource';
import { askEarly } from './overview';
import { address, route, wayBack } from './route';
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

type Person = Pick<Session, 'tenant' | 'actor'>;

const isSame = (one: Person, other: Person): boolean => one.tenant === other.tenant && one.actor === other.actor;

// The token of another tab. It may have fewer rights, or end sooner, so it waits until ours has ended.
const spare = signal<string | null>(null);

// For whom the local app makes a session.
let localTenant = 'default';

/** Begins with the session that the page was opened with, that the tab still has, or that the local app makes. */
export async function startSession(given: string | null, tenant: string): Promise<void> {
  localTenant = tenant;
  if (given) setToken(given);
  channel.onmessage = ({ data }: MessageEvent<Person & { readonly token: string }>) => {
    if (session.value && isSame(session.value, data)) spare.value = data.token;
  };
  effect(() => {
    if (!expired.value || !spare.value) return;
    void takeToken(spare.value);
    spare.value = null;
  });
  document.addEventListener('visibilitychange', lookForCookie);
  addEventListener('focus', lookForCookie);
  await findSession();
  if (given) handOver(given);
}

/** Somebody else's session, whose link was opened in this page, until it is decided whether to go on with it. */
export const offered = signal<Offer | null>(null);

interface Offer {
  readonly session: Session;
  readonly token: string;
  /** Where the link was opened. */
  readonly from: string;
  /** Goes back there. */
  readonly back: () => void;
}

/** Goes on with the session of a link that was opened in this page. Into somebody else's it goes only when told to. */
export async function openSession(given: string): Promise<void> {
  // Another link may have led here, and wait for an answer.
  const from = offered.value?.from ?? address(route.value);
  offered.value = null;
  await takeToken(given, from);
  handOver(given);
}

let taken = '';

/** Goes on with another token. Of one from a link it is known where it was opened: anybody can have sent it. */
export async function takeToken(value: string, from?: string): Promise<void> {
  if (!session.value) {
    setToken(value);
    return findSession();
  }
  taken = value;
  const back = from === undefined ? null : wayBack(from);
  // Whose it is must be known first: what waits here is sent with it. While nobody can tell, it is asked again.
  for (let failures = 1; taken === value; failures++) {
    const { data, failure } = await getSession(value);
    // Another token has come meanwhile.
    if (taken !== value) return;
    if (data && back && !isSame(session.value, data)) {
      offered.value = { session: data, token: value, from: from!, back };
      return;
    }
    if (data) return goOn(data, value);
    if (failure.status > 0 && failure.status < 429) return;
    await new Promise(resolve => setTimeout(resolve, retryWait(failures, failure)));
  }
}

/** Asks for the session at hand, which the local app makes where there is none. */
export async function findSession(): Promise<void> {
  const own = session.value;
  const asked = token.value;
  if (!own) {
    signIn.value = { state: 'starting' };
    if (asked) askEarly();
  }
  let used = asked;
  let answer = await getSession();
  if (answer.failure?.status === 401 && isLoopback()) {
    const made = await makeLocalSession(own?.tenant ?? localTenant);
    if (made.data) answer = await getSession(used = made.data.token);
  }
  // Another token has come meanwhile, and is asked for by itself.
  if (token.value !== asked) return;
  const { failure, data } = answer;
  if (data) {
    goOn(data, used);
  } else if (own) {
    if (failure.status === 401) expired.value = failure.links;
  } else if (failure.status === 401) {
    signIn.value = { state: 'none', returnUrl: returnUrl(failure), signInUrl: safeUrl(failure.links.signInUrl) };
  } else {
    signIn.value = { state: failure.status === 403 ? 'refused' : 'failed', failure };
  }
}

// A session of somebody else begins anew: nothing of what is open here may be sent in their name.
function goOn(data: Session, used: string | null): void {
  if (session.value && !isSame(session.value, data)) return restartWith(used);
  session.value = data;
  openedFor.value = `${data.tenant}/${encodeURIComponent(data.actor)}`;
  if (data.returnUrl) keep(returnUrlKey, data.returnUrl);
  setToken(used);
  signIn.value = { state: 'ready' };
}

// Older tabs of the same person go on with this one once their own has ended.
function handOver(given: string): void {
  if (!session.value || token.value !== given) return;
  const { tenant, actor } = session.value;
  channel.postMessage({ tenant, actor, token: given });
}

// Nobody tells when somebody has signed in again in another tab.
async function lookForCookie(): Promise<void> {
  if (!expired.value || token.value || document.hidden) return;
  const { data } = await getSession();
  if (data) goOn(data, null);
}

/** Where a new session is begun: what the server says, else what the last session said. */
export function returnUrl(failure?: Pick<Failure, 'links'>): string | null {
  return safeUrl(failure?.links.returnUrl ?? session.value?.returnUrl ?? kept(returnUrlKey));
}

/** The link, if it is to a web page: any other would be a way in. */
export function safeUrl(url: string | null | undefined): string | null {
  if (!url) return null;
  const { protocol } = new URL(url, location.href);
  return protocol === 'https:' || protocol === 'http:' ? url : null;
}

function isLoopback(): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);
}
