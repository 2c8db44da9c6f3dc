import type { ComponentChildren } from 'preact';

/** A form that is sent with Enter, and tested with Ctrl or Cmd and Enter. */
export function TestedForm({ onSubmit, onTest, children }: {
  onSubmit: () => void; onTest: () => void; children: ComponentChildren;
}) {
  return (
    <form
      noValidate class="form"
      onSubmit={event => {
        event.preventDefault();
        onSubmit();
      }}
      onKeyDown={event => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        onTest();
      }}
    >
      {children}
    </form>
  );
}
