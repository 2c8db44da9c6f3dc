import { useState } from 'preact/hooks';
import { complain } from '../announce';
import type { Changed, Known } from '../changing';
import { failureText } from '../explain';
import { ChangedNote } from '../form/Conflict';
import { t } from '../messages/language';
import { nameOf } from '../overview';
import { setPaused } from '../pausing';
import { Button } from './Button';
import { Dialog } from './Dialog';

/** Pauses or resumes a webhook. When somebody else has changed it meanwhile, shows what, and asks again. */
export function PauseButton({ webhook, onDone, small, named }: {
  webhook: Known;
  onDone: () => void;
  small?: boolean;
  /** Whether its accessible name says which webhook: one of many such buttons. */
  named?: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState<{ changed: Changed; paused: boolean } | null>(null);
  const act = async (seen: Known, paused: boolean): Promise<void> => {
    setBusy(true);
    const { changed, failure } = await setPaused(seen, paused);
    setBusy(false);
    setAsked(changed ? { changed, paused } : null);
    // Once it is known what came of it, the button may do the opposite: nobody is told to try again.
    if (failure) complain(failure.status === 0 ? t.offline.title : failureText(failure));
    onDone();
  };
  const textOf = (paused: boolean): string => paused ? t.webhook.pause : t.webhook.resume;
  const wanted = webhook.pausedAt === null;
  const text = textOf(wanted);
  return (
    <>
      <Button
        changes busy={busy} onClick={() => act(webhook, wanted)} {...(small ? { small } : {})}
        {...(named ? { label: `${text}: ${nameOf(webhook)}` } : {})}
      >
        {text}
      </Button>
      {asked && (
        <ChangedDialog
          changed={asked.changed} text={textOf(asked.paused)} busy={busy} onClose={() => setAsked(null)}
          onAct={() => act(asked.changed.fresh, asked.paused)}
        />
      )}
    </>
  );
}

/** Shows what somebody else has changed, and asks again. */
export function ChangedDialog({ changed, text, busy, onAct, onClose }: {
  changed: Changed; text: string; busy: boolean; onAct: () => unknown; onClose: () => void;
}) {
  return (
    <Dialog
      title={t.settings.conflictTitle} busy={busy} onClose={onClose}
      actions={<>
        <Button changes busy={busy} onClick={onAct}>{text}</Button>
        <Button busy={busy} onClick={onClose}>{t.cancel}</Button>
      </>}
    >
      <p><strong class="break">{nameOf(changed.fresh)}</strong></p>
      <ChangedNote changed={changed} />
    </Dialog>
  );
}
