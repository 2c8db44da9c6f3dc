import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';

// The server's time minus ours, in milliseconds. A countdown by a wrong local clock would lie.
let offset = 0;

/** Takes the server's time from the header Date of an answer. */
export function setClock(date: string | null): void {
  const time = Date.parse(date ?? '');
  // The header has whole seconds: a smaller difference means nothing.
  if (!Number.isNaN(time) && Math.abs(time - Date.now() - offset) > 1500) offset = time - Date.now();
}

/** The server's time, in milliseconds since 1970. */
export const now = (): number => Date.now() + offset;

/** The server's time, anew every so many milliseconds. */
export function useNow(every: number): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return time;
}

/** Raised to make everything that is loaded be loaded again. */
export const wake = signal(0);
