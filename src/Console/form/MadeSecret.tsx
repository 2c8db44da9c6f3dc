import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { Copy } from '../parts/Copy';
import { Dialog } from '../parts/Dialog';
import { go, unsaved, wantedRoute } from '../route';
import { can } from '../session';
import { uncopied } from '../uncopied';
import { SecretText } from './SecretChoice';

/** Asks before a secret is made. Once an answer was lost it shows the secret, which may be in force. */
export function MakingSecret({ secret, isLost, busy, onMake, onClose, children }: {
  secret: string;
  isLost: boolean;
  busy: boolean;
  /** Null when there is nothing any more to make one for. */
  onMake: (() => unknown) | null;
  onClose: () => void;
  children: ComponentChildren;
}) {
  return (
    <Dialog
      title={t.settings.make} busy={busy} onClose={onClose}
      actions={<>
        {onMake && (
          <Button kind="primary" changes busy={busy} onClick={onMake}>{isLost ? t.tryAgain : t.settings.make}</Button>
        )}
        <Button busy={busy} onClick={onClose}>{isLost ? t.close : t.cancel}</Button>
      </>}
    >
      {children}
      {isLost && (
        <>
          <p class="note warn" role="alert">{t.settings.lostSecret}</p>
          <SecretText secret={secret} />
        </>
      )}
    </Dialog>
  );
}

/**
 * Shows a secret that was made a moment ago, for the only time, on top of whatever screen is shown by now. It stays
 * until somebody says that they are done.
 */
export function MadeSecret() {
  const [tested, setTested] = useState('');
  const [first, ...others] = uncopied.value;
  if (!first) return null;
  const { secret, of, isNew, next, test } = first;
  const isTested = tested === secret;
  const close = (): void => {
    uncopied.value = others;
    // Where somebody wanted to go meanwhile. Who would lose something there is asked.
    const to = next ?? (unsaved.value ? null : wantedRoute.value);
    if (to !== null) go(to);
  };
  return (
    <Dialog
      key={secret} title={isNew ? t.settings.newTitle : t.form.copiedTitle}
      actions={<>
        <Copy text={secret} what={t.form.secret} kind="primary">{t.form.copySecret}</Copy>
        <Button onClick={close}>{t.done}</Button>
        {test && !isTested && can('recover') && (
          <Button changes onClick={() => setTested(secret)}>{t.settings.testWith}</Button>
        )}
      </>}
    >
      <p><strong class="break">{of}</strong></p>
      <SecretText secret={secret} name="made-secret" />
      {isTested && test}
    </Dialog>
  );
}
