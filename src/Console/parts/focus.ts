// Where the focus goes on: a heading, what opens a fold, the newest of a list, or the field to be filled.
const landings = 'h1, h2, h3, summary, .rows a, input:placeholder-shown';

/** Keeps the focus near when what had it is gone, such as a button that has done its work. */
export function keepFocus(): void {
  let last: Element | null = null;
  let byKey = false;
  addEventListener('keydown', () => { byKey = true; }, true);
  // A click beside it gives the focus up; one on what has it already brings no focusin.
  addEventListener('pointerdown', ({ target }) => { byKey = false; last = target as Element; }, true);
  addEventListener('focusin', ({ target }) => { last = target as Element; });
  new MutationObserver(records => {
    if (document.activeElement !== document.body) return;
    const gone = records.find(({ target, removedNodes }) =>
      target.isConnected && [...removedNodes].some(node => node.contains(last)));
    const landing = (gone?.target as Element | undefined)?.closest(`:has(${landings})`)
      ?.querySelector<HTMLElement>(landings);
    if (!landing) return;
    if (landing.tabIndex < 0) landing.tabIndex = -1;
    // Whoever uses a mouse stays where they are.
    landing.focus({ preventScroll: !byKey });
  }).observe(document.body, { childList: true, subtree: true });
}
