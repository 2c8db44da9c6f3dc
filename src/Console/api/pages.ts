import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Answer, Failure } from './client';
import { useResource } from './resource';

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

interface Pages<T> {
  /** What was loaded until now; stays while more is loaded. */
  readonly items: readonly T[];
  readonly failure: Failure | null;
  readonly loading: boolean;
  readonly refresh: () => void;
  /** Loads the next page; null when none is known. */
  readonly more: (() => void) | null;
}

/**
 * Loads a list page by page.
 * @param key What is loaded.
 * @param load Loads the page that begins at a cursor.
 * @param anew With another number, the list begins anew.
 */
export function usePages<T>(
  key: string, load: (cursor: string | null, signal: AbortSignal) => Promise<Answer<Page<T>>>, anew: number,
): Pages<T> {
  const [cursor, setCursor] = useState<string | null>(null);
  const [pages, setPages] = useState<ReadonlyMap<string | null, Page<T>>>(new Map());
  const { data, failure, loading, refresh } =
    useResource(JSON.stringify([key, cursor]), signal => load(cursor, signal));
  // A page that is loaded again takes its own place, and the first one begins the list anew.
  useEffect(() => {
    if (data) setPages(old => new Map([...(cursor === null ? [] : old), [cursor, data] as const]));
  }, [data]);
  const begun = useRef(anew);
  useEffect(() => {
    if (begun.current === anew) return;
    begun.current = anew;
    setCursor(null);
    refresh();
  }, [anew]);
  const loaded = useMemo(() => [...pages.values()], [pages]);
  const items = useMemo(() => loaded.flatMap(page => page.items), [loaded]);
  const next = loaded.at(-1)?.nextCursor ?? null;
  return {
    items, failure, refresh,
    loading: loading || (data !== null && !pages.has(cursor)),
    more: next === null ? null : () => next === cursor ? refresh() : setCursor(next),
  };
}
