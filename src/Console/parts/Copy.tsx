import { useState } from 'preact/hooks';
import { announce, complain } from '../announce';
import { t } from '../messages/language';
import { Button } from './Button';

// Long enough to see that something came of the click.
const shownFor = 2000;

/** Copies a text. Its accessible name says what. */
export function Copy({ text, what, children, kind }: {
  text: string; what: string; children?: string; kind?: 'primary';
}) {
  // Shown on the button too: there the person looks.
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      announce(t.copied);
      setDone(true);
      setTimeout(() => setDone(false), shownFor);
    } catch (error) {
      // The browser refuses it without the user's permission, or in a frame that does not allow it.
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      complain(t.copyFailed);
    }
  };
  return children
    ? <Button onClick={copy} {...(kind ? { kind } : {})}>{done ? t.copied : children}</Button>
    : (
      <Button small kind="quiet" label={done ? t.copied : t.copyOf(what)} onClick={copy}>
        {done ? '✓' : t.copy}
      </Button>
    );
}

/** A block of code that scrolls inside, with a button to copy it: to the byte, where it is laid out to be read. */
export function Code({ text, label, exact = text }: { text: string; label: string; exact?: string }) {
  return (
    <div class="code">
      <Copy text={exact} what={label} />
      <pre tabIndex={0} role="region" aria-label={label}><code>{text}</code></pre>
    </div>
  );
}
