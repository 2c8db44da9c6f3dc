import { effect, signal } from '@preact/signals';
import { keep, kept } from '../storage';

const key = 'atrium.session';

/** The session's token; null without one, and for a session by cookie. A reload keeps it, a new tab does not get it. */
export const token = signal<string | null>(kept(key));

/** True while requests wait for a new session. */
export const expired = signal(false);

effect(() => keep(key, token.value));

/** Takes a session's token. */
export function setToken(value: string): void {
  token.value = value;
  expired.value = false;
}

/** Waits until there is another token than the one that was refused, or a session by cookie is back. */
export function renewed(refused: string | null): Promise<void> {
  if (token.value !== refused) return Promise.resolve();
  expired.value = true;
  return new Promise(resolve => {
    const stop = expired.subscribe(is => {
      if (is) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}
