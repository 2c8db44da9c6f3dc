import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { announce } from '../announce';
import { lostSince } from '../api/connection';
import { t } from '../messages/language';

interface Props {
  readonly children: ComponentChildren;
  readonly onClick?: () => unknown;
  readonly kind?: 'primary' | 'danger' | 'quiet';
  readonly type?: 'button' | 'submit';
  /** While true, another click does nothing. */
  readonly busy?: boolean;
  /** Why it cannot be used now; it stays reachable, so that the reason can be read, and says it when pressed. */
  readonly reason?: string | null | undefined;
  /** Whether it asks the server to change something, which cannot be done offline. */
  readonly changes?: boolean;
  readonly label?: string;
  readonly small?: boolean;
}

/** A button that says why it cannot be used. */
export function Button({ children, onClick, kind, type = 'button', busy, reason, changes, label, small }: Props) {
  const id = useId();
  const why = reason ?? (changes && lostSince.value !== null ? t.offline.disabled : null);
  const blocked = busy || why !== null;
  return (
    <>
      <button
        type={type}
        class={`button ${kind ?? ''} ${small ? 'small' : ''}`}
        aria-disabled={blocked ? 'true' : undefined}
        aria-busy={busy ? 'true' : undefined}
        aria-describedby={why ? id : undefined}
        aria-label={label}
        title={why ?? undefined}
        onClick={event => {
          if (blocked) event.preventDefault();
          else onClick?.();
          if (why) announce(why);
        }}
      >
        {children}
      </button>
      {why && <span id={id} class="unseen">{why}</span>}
    </>
  );
}
