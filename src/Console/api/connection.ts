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

/** An answer did not come. All that is loaded is loaded again after a wait, which grows. */
export function connectionLost(): void {
  lostSince.value ??= now();
  if (timer !== 0) return;
  const pause = Math.min(longestWait, firstWait * 2 ** tries++);
  nextTryAt.value = now() + pause;
  timer = setTimeout(tryWhenSeen, pause) as unknown as number;
}

/** An answer came, whatever it says. What waited for the next try is loaded at once. */
export function connectionWorks(): void {
  if (lostSince.value === null) return;
  lostSince.value = null;
  const isWaitedFor = timer !== 0;
  end();
  tries = 0;
  if (isWaitedFor) wake.value++;
}

/** Tries the connection now. */
export function tryNow(): void {
  if (lostSince.value === null) return;
  end();
  wake.value++;
}

function end(): void {
  clearTimeout(timer);
  timer = 0;
  nextTryAt.value = null;
}

function tryWhenSeen(): void {
  if (document.hidden) document.addEventListener('visibilitychange', tryWhenSeen, { once: true });
  else tryNow();
}

addEventListener('offline', connectionLost);
addEventListener('online', () => {
  tries = 0;
  tryNow();
});
