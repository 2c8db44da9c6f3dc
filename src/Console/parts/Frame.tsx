import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { said } from '../announce';
import { lostSince, nextTryAt, tryNow } from '../api/connection';
import { t } from '../messages/language';
import { mayOnlyLook, session } from '../session';
import { Button } from './Button';
import { Clock, Countdown } from './Time';

// The first screen leaves the focus where the browser puts it; each later one takes it to its heading.
let isFirst = true;

/** Names the document, the part before the whole. What is drawn within a screen does so after it. */
export function useTitle(...parts: readonly (string | null | undefined)[]): void {
  const title = [...new Set([...parts, t.webhooks])].filter(Boolean).join(' – ');
  useEffect(() => { document.title = title; });
}

/** The heading of a screen: takes the focus when the screen comes, and names the document, with the view of it. */
export function Heading({ title, view }: { title: string; view?: string | undefined }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst) heading.current!.focus();
    isFirst = false;
  }, []);
  useTitle(view, title);
  return <h1 ref={heading} tabIndex={-1}>{title}</h1>;
}

/** The way back, which the outermost screen has not. */
export function Crumb({ to, children }: { to: string; children: string }) {
  return (
    <nav class="crumb" aria-label={t.back}>
      <a href={`#${to}`}><span aria-hidden="true">← </span>{children}</a>
    </nav>
  );
}

/** What is above and around every screen. */
export function Frame({ children, foot }: { children: ComponentChildren; foot?: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main" onClick={event => {
        event.preventDefault();
        document.querySelector<HTMLElement>('h1')?.focus();
      }}>{t.skip}</a>
      <Offline />
      <main id="main">
        <Who />
        {mayOnlyLook.value && <p class="note">{t.readOnly}</p>}
        {children}
      </main>
      {foot}
    </>
  );
}

// Whose webhooks these are: a link from somebody else could have led here.
function Who() {
  if (!session.value) return null;
  const { tenant, actor } = session.value;
  return <p class="who quiet break">{t.who} <strong>{tenant}</strong><span> · {actor}</span></p>;
}

function Offline() {
  if (lostSince.value === null) return null;
  const [before, after] = t.offline.since('\0').split('\0');
  return (
    <section class="offline" aria-label={t.offline.title}>
      <p role="status">
        <strong>{t.offline.title}</strong>{' '}
        {before}<Clock at={new Date(lostSince.value).toISOString()} />{after}
      </p>
      {/* Not read aloud: it changes each second. */}
      <span>
        {nextTryAt.value === null ? t.offline.trying
          : <Countdown to={new Date(nextTryAt.value).toISOString()} text={t.offline.next} over={t.offline.trying} />}
      </span>
      <Button small busy={nextTryAt.value === null} onClick={tryNow}>{t.offline.now}</Button>
    </section>
  );
}

// Long enough to read a sentence.
const shownFor = 6000;

/** Says what has come about, to the eye and to a screen reader. */
export function Announcer() {
  const now = said.value;
  useEffect(() => {
    if (!now) return;
    const timer = setTimeout(() => { said.value = null; }, now.urgent ? 2 * shownFor : shownFor);
    return () => clearTimeout(timer);
  }, [now?.id]);
  return (
    <div class="toasts">
      <div role="status">
        {now && !now.urgent && <p class={now.seen ? 'toast' : 'unseen'} key={now.id}>{now.text}</p>}
      </div>
      <div role="alert">{now?.urgent && <p class="toast bad" key={now.id}>{now.text}</p>}</div>
    </div>
  );
}
