import { signal } from '@preact/signals';
import { now, wake } from '../clock';

/** Since when no answer came, by the server's clock; null while answers come. */
export const lostSince = signal<number | null>(null);

/** When the connection is tried next, by the server's clock; null while it is being tried, or works. */
export const nextTryAt = signal<number | null>(null);

// Five seconds, then twice as long each time, up to a minute: a banner that counts down for longer looks dead.
const firstWait = 5000;
const longestWait = 60_000;

let timer = 0;
let tries = 0;
let lostAt = 0;

/** An answer did not come, or not whole. All that is loaded is loaded again after a wait, which grows. */
export function connectionLost(): void {
  lostSince.value ??= now();
  // Once nothing was lost for longer than it is ever waited, it begins anew.
  if (now() - lostAt > 2 * longestWait) tries = 0;
  lostAt = now();
  if (timer !== 0) return;
  const pause = Math.min(longestWait, firstWait * 2 ** tries++);
  nextTryAt.value = now() + pause;
  timer = setTimeout(tryWhenSeen, pause) as unknown as number;
}

/** An answer came, whatever it says. What waited for the next try is loaded at once. */
export function connectionWorks(): void {
  if (lostSince.value === null) return;
  lostSince.value = null;
  // Where some answers come and others never do, all would be asked for without end.
  if (timer !== 0 && now() - lostAt > firstWait) load();
}

/** Tries the connection now. */
export function tryNow(): void {
  if (lostSince.value !== null) load();
}

function load(): void {
  clearTimeout(timer);
  timer = 0;
  nextTryAt.value = null;
  wake.value++;
}

function tryWhenSeen(): void {
  if (document.hidden) document.addEventListener('visibilitychange', tryWhenSeen, { once: true });
  else load();
}

addEventListener('offline', connectionLost);
addEventListener('online', () => {
  tries = 0;
  tryNow();
});
