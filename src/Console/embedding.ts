import { effect, signal } from '@preact/signals';
import { expired } from './api/token';
import { now } from './clock';
import { route } from './route';
import { session, signIn, takeToken } from './session';
import { theme } from './theme';

const isFramed = window.parent !== window;

// Two minutes: enough for the parent's back end to make another session before this one ends.
const endsSoon = 120_000;

// A parent whose sessions do not last is asked no more often than this.
const asksEvery = 30_000;

// Only a page that the server's frame-ancestors name can be our parent. Which of them it is, not every browser tells.
function tell(message: object): void {
  window.parent.postMessage(message, '*');
}

/** Talks with the page that this one is embedded in: its height and what is seen of it, where it is, its session. */
export function startEmbedding(): void {
  if (!isFramed) return;
  // Raised when the parent begins to listen: what was told before, it has missed.
  const greeted = signal(0);
  let askedAt = -asksEvery;
  addEventListener('message', ({ source, data }: MessageEvent) => {
    if (source !== window.parent) return;
    if (data?.type === 'atrium:hello') {
      askedAt = -asksEvery;
      greeted.value++;
    }
    if (data?.type === 'atrium:session' && typeof data.token === 'string') void takeToken(data.token);
    if (data?.type === 'atrium:seen' && Number.isFinite(data.top) && Number.isFinite(data.bottom)) {
      document.documentElement.style.setProperty('--seen-top', `${data.top}px`);
      document.documentElement.style.setProperty('--seen-bottom', `${data.bottom}px`);
    }
    if (data?.type === 'atrium:theme' && /^(light|dark)$/.test(data.theme)) theme.value = data.theme;
  });

  const height = (): void =>
    tell({ type: 'atrium:height', px: Math.ceil(document.body.getBoundingClientRect().height) });
  new ResizeObserver(height).observe(document.body);
  effect(() => {
    if (greeted.value) height();
    tell({ type: 'atrium:navigated', route: route.value.path });
  });
  effect(() => {
    void greeted.value;
    const isOver = expired.value !== null || signIn.value.state === 'none';
    const at = isOver ? now() : Date.parse(session.value?.expiresAt ?? '');
    if (Number.isNaN(at)) return;
    const timer = setTimeout(() => {
      askedAt = performance.now();
      tell({ type: 'atrium:session-ends', at: new Date(at).toISOString() });
    }, Math.max(at - now() - endsSoon, askedAt + asksEvery - performance.now()));
    return () => clearTimeout(timer);
  });
}
