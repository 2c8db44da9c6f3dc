import { signal } from '@preact/signals';
import { wake } from '../clock';

/** Since when no answer came, in milliseconds since 1970; null while answers come. */
export const lostSince = signal<number | null>(null);

/** An answer did not come. */
export function connectionLost(): void {
  lostSince.value ??= Date.now();
}

/** An answer came, whatever it says. */
export function connectionWorks(): void {
  lostSince.value = null;
}

addEventListener('offline', connectionLost);
addEventListener('online', () => wake.value++);
