import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { can } from '../session';
import { SecretText } from './SecretChoice';

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
