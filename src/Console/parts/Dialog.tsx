import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Announcer } from './Frame';

/** A native modal dialog: Escape is the safe choice, and the focus goes back to what opened it. */
export function Dialog({ title, onClose, busy, children, actions }: {
  title: string;
  /** The safe choice. Without one it stays. */
  onClose?: () => void;
  /** While true it stays: what was asked for is under way, and closing would not undo it. */
  busy?: boolean;
  children?: ComponentChildren;
  actions: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  const close = busy ? undefined : onClose;

  const open = (): void => {
    dialog.current!.showModal();
    heading.current!.focus();
  };
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    open();
    return () => {
      if (opener?.isConnected) opener.focus();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault();
        close?.();
      }}
      // A browser need not ask: Chromium's second Escape closes it.
      onClose={close ?? open}
    >
      <h2 id={id} ref={heading} tabIndex={-1}>{title}</h2>
      {children}
      <div class="actions">{actions}</div>
      {/* The one of the page is behind the dialog, where nothing is read aloud. */}
      <Announcer />
    </dialog>
  );
}
