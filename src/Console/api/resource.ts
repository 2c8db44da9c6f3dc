import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { now, wake } from '../clock';
import type { Answer, Failure } from './client';

/** Something that is loaded, and what is known of it. */
export interface Resource<T> {
  /** What was loaded last, even when it could not be loaded again. */
  readonly data: T | null;
  /** Why the last try failed; null when it did not. */
  readonly failure: Failure | null;
  /** When `data` was loaded, by the server's clock. */
  readonly loadedAt: number | null;
  /** Whether a load is under way. */
  readonly loading: boolean;
  /** Loads again at once. */
  readonly refresh: () => void;
  /** Replaces the data by what the server answered to a change. */
  readonly set: (data: T) => void;
}

// Two minutes: a server that is down is not asked more often than that by a page that waits.
const maxWait = 120_000;

/**
 * Loads something when the key changes, and again and again while somebody looks.
 * @param key What is loaded: with another key, the old data is forgotten. Null loads nothing.
 * @param load Loads it.
 * @param every Milliseconds between two loads, by what was loaded last; null loads once.
 */
export function useResource<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<Answer<T>>,
  every: (data: T | null) => number | null = () => null,
): Resource<T> {
  const [state, setState] = useState<Loaded<T>>(() => empty(key));
  const latest = useRef({ load, every });
  latest.current = { load, every };
  // What was loaded last, for the loop below: it outlives many renderings.
  const held = useRef<{ key: string | null; data: T | null }>({ key: null, data: null });
  const [asked, setAsked] = useState(0);
  const awake = wake.value;

  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    let timer = 0;
    let failures = 0;

    const run = async (): Promise<void> => {
      setState(old => ({ ...(old.key === key ? old : empty<T>(key)), loading: true }));
      const answer = await latest.current.load(abort.signal);
      if (abort.signal.aborted) return;
      const failure = answer.failure ?? null;
      failures = failure ? failures + 1 : 0;
      if (!failure) held.current = { key, data: answer.data as T };
      const data = held.current.key === key ? held.current.data : null;
      setState(old => ({ key, data, failure, loading: false, loadedAt: failure ? old.loadedAt : now() }));
      const pause = latest.current.every(data);
      // Without a connection, all wait for the same next try, which the banner counts down to.
      if (failure?.status === 0) return;
      const wait = failure && failure.status >= 429 ? retryWait(failures, failure) : pause;
      // A tenth more or less, so that pages opened together do not ask together.
      if (wait !== null) timer = setTimeout(next, wait * (0.9 + Math.random() * 0.2)) as unknown as number;
    };
    const next = (): void => {
      if (document.hidden) document.addEventListener('visibilitychange', next, { once: true, signal: abort.signal });
      else void run();
    };

    void run();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key, asked, awake]);

  const own = state.key === key ? state : empty<T>(key);
  const refresh = useCallback(() => setAsked(count => count + 1), []);
  const set = useCallback((data: T) => {
    held.current = { key, data };
    setState({ key, data, failure: null, loadedAt: now(), loading: false });
  }, [key]);
  return { ...own, refresh, set };
}

interface Loaded<T> {
  readonly key: string | null;
  readonly data: T | null;
  readonly failure: Failure | null;
  readonly loadedAt: number | null;
  readonly loading: boolean;
}

const empty = <T>(key: string | null): Loaded<T> =>
  ({ key, data: null, failure: null, loadedAt: null, loading: key !== null });

/** Milliseconds until something is tried again that has failed so many times in a row. */
export function retryWait(failures: number, failure: Failure): number {
  return Math.min(maxWait, Math.max(5000 * 2 ** (failures - 1), (failure.retryAfter ?? 0) * 1000));
}
