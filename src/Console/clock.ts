import { signal, type Signal } from '@preact/signals';

// The server's time minus ours, in milliseconds. A countdown by a wrong local clock would lie.
let offset = 0;

// The header has whole seconds, and servers write it anew once a second.
const precision = 2000;

/** Takes the server's time from an answer's header Date, written between the time of the request and now. */
export function setClock(date: string | null, sentAt: number): void {
  const time = Date.parse(date ?? '');
  if (!Number.isNaN(time)) offset = Math.max(time - Date.now(), Math.min(offset, time + precision - sentAt));
}

/** The server's time, in milliseconds since 1970. */
export const now = (): number => Date.now() + offset;

// One timer for each interval, however many rows of a list count down.
const ticks = new Map<number, Signal<number>>();

/** The server's time, anew every so many milliseconds. */
export function useNow(every: number): number {
  let tick = ticks.get(every);
  if (!tick) {
    const made = signal(0);
    setInterval(() => made.value++, every);
    ticks.set(every, tick = made);
  }
  // Reading it is what makes the component be drawn again.
  void tick.value;
  return now();
}

/** Raised to make everything that is loaded be loaded again. */
export const wake = signal(0);
