import { useEffect, useRef } from 'preact/hooks';

/** Gives the focus to a heading when what had it is gone with its surroundings, such as a list that was emptied. */
export function useFocusAfter(isThere: boolean, heading = 'h1'): void {
  const wasThere = useRef(isThere);
  useEffect(() => {
    const isLost = document.activeElement === document.body;
    if (wasThere.current && !isThere && isLost) document.querySelector<HTMLElement>(heading)?.focus();
    wasThere.current = isThere;
  }, [isThere]);
}
