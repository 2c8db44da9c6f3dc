import type { ComponentChildren } from 'preact';
import type { Failure } from '../api/client';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { FailureNote } from '../parts/Loading';
import { can } from '../session';
import { SecretText } from './SecretChoice';

/** Asks before a secret is made. Once an answer was lost it shows the secret, which may be in force. */
export function MakingSecret({ secret, failure, isLost, busy, onMake, onClose, children }: {
  secret: string;
  failure: Failure | null;
  isLost: boolean;
  busy: boolean;
  /** Null when there is nothing any more to make one for. */
  onMake: (() => unknown) | null;
  onClose: () => void;
  children: ComponentChildren;
}) {
  return (
    <Dialog
      title={t.settings.rotateTitle} onClose={onClose}
      actions={<>
        {onMake && (
          <Button kind="primary" changes busy={busy} onClick={onMake}>{isLost ? t.tryAgain : t.settings.make}</Button>
        )}
        <Button onClick={onClose}>{isLost ? t.close : t.cancel}</Button>
      </>}
    >
      {children}
      {failure && failure.status !== 0 && <FailureNote title={t.notDone} failure={failure} />}
      {isLost && (
        <>
          <p class="note warn" role="alert">{t.settings.lostSecret}</p>
          <SecretText secret={secret} />
        </>
      )}
    </Dialog>
  );
}

/** Shows a secret that was made a moment ago, for the only time. */
export function MadeSecret({ secret, onClose, onTest }: {
  secret: string; onClose: () => void; onTest: () => void;
}) {
  return (
    <Dialog
      title={t.settings.newTitle} onClose={onClose}
      actions={<>
        <Button onClick={onClose}>{t.done}</Button>
        {can('recover') && (
          <Button onClick={() => {
            onClose();
            onTest();
          }}>{t.settings.testWith}</Button>
        )}
      </>}
    >
      <SecretText secret={secret} />
    </Dialog>
  );
}
