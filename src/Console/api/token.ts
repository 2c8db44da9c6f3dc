import { effect, signal } from '@preact/signals';
import type { Failure } from './client';
import { keep, kept } from '../storage';
import { uncopied } from '../uncopied';

const key = 'atrium.session';

/** The session's token; null without one, and for a session by cookie. A reload keeps it, a new tab does not get it. */
export const token = signal<string | null>(kept(key));

/** Where a session is begun, while requests wait for one; else null. */
export const expired = signal<Failure['links'] | null>(null);

/** For whom the page was opened, as its calls say: the sign-in of the browser may be another one's meanwhile. */
export const openedFor = signal('1');

effect(() => keep(key, token.value));

/** Takes a session's token, or null for a session by cookie. What waited for a session is sent again. */
export function setToken(value: string | null): void {
  token.value = value;
  expired.value = null;
}

/**
 * Begins anew with another token. Nothing that is open or waits here is sent with it. Who was asked whether to leave
 * what is unsaved, and stayed, is not asked again, unless it is they who want to.
 */
export function restartWith(value: string | null, isWanted = false): void {
  keep(key, value);
  if (restarting && !isWanted) return;
  restarting = true;
  // A secret that cannot be shown again stays in sight until somebody is done with it.
  effect(() => { if (uncopied.value.length === 0) location.reload(); });
}

let restarting = false;

/** Waits until there is another token than the one that was refused, or a session by cookie is back. */
export function renewed(refused: string | null, links: Failure['links']): Promise<void> {
  if (token.value !== refused) return Promise.resolve();
  expired.value ??= links;
  return new Promise(resolve => {
    const stop = expired.subscribe(is => {
      if (is) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}
