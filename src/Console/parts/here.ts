import { useEffect, useRef } from 'preact/hooks';

/** Whether what asked for something is still shown when the answer comes. */
export function useHere(): { readonly current: boolean } {
  const here = useRef(true);
  useEffect(() => () => { here.current = false; }, []);
  return here;
}
