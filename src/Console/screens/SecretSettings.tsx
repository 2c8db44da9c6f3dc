import { useState } from 'preact/hooks';
import { announce } from '../announce';
import { getSubscription, removeSecret, rotateSecret, type Subscription } from '../api/calls';
import { changing } from '../changing';
import { useActing } from '../form/acting';
import { makeSecret } from '../form/draft';
import { MakingSecret } from '../form/MadeSecret';
import { StoredTest } from '../form/TestDialog';
import { settingsWords, t } from '../messages/language';
import { nameOf, useLimits } from '../overview';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Select } from '../parts/Field';
import { At } from '../parts/Time';
import { can } from '../session';
import { showSecret } from '../uncopied';

interface Props {
  readonly webhook: Subscription;
  readonly onChange: (webhook: Subscription) => void;
}

/** The signing secret of a webhook: since when, a new one, none. */
export function SecretSettings({ webhook, onChange }: Props) {
  const [open, setOpen] = useState<'new' | 'stop' | null>(null);
  const { hasSecret, secretCreatedAt, earlierSecretsSignUntil } = webhook;
  const close = (): void => setOpen(null);
  return (
    <section class="setting" aria-labelledby="secret-title">
      <h2 id="secret-title">{t.form.secret}</h2>
      <p>
        {!hasSecret ? t.settings.noSecret : secretCreatedAt
          ? <At text={t.settings.secretSince} at={secretCreatedAt} /> : t.settings.secretSet}{' '}
        {earlierSecretsSignUntil.map(until => <At key={until} text={settingsWords.earlier} at={until} />)}
      </p>
      {can('manage') && (
        <div class="actions">
          <Button changes onClick={() => setOpen('new')}>
            {hasSecret ? settingsWords.newSecret : settingsWords.firstSecret}
          </Button>
          {hasSecret && <Button changes onClick={() => setOpen('stop')}>{settingsWords.stopSigning}</Button>}
        </div>
      )}
      {open === 'new' && <NewSecret webhook={webhook} onChange={onChange} onClose={close} />}
      {open === 'stop' && <StopSigning webhook={webhook} onChange={onChange} onClose={close} />}
    </section>
  );
}

type Overlap = '0' | '1' | '24' | '48' | '168';
const overlaps: readonly Overlap[] = ['0', '1', '24', '48', '168'];

function NewSecret({ webhook, onChange, onClose }: Props & { onClose: () => void }) {
  const most = useLimits()?.subscriptions.maxOverlapHours ?? 168;
  const [hours, setHours] = useState<Overlap>('24');
  const { act, busy, isLost, notes, seen } = useActing(webhook, t.settings.conflictTitle);
  // Made here, and the same at each try: by it the app knows a try whose answer was lost.
  const [secret] = useState(makeSecret);

  const make = async (): Promise<void> => {
    const body = seen.hasSecret ? { secret, overlapHours: Number(hours) } : { secret };
    const { data } = await act(() => changing(seen, tag => rotateSecret(seen.id, tag, body)));
    if (!data) return;
    onChange(data);
    showSecret({ secret, of: nameOf(data), isNew: true, test: <StoredTest id={data.id} ask={1} /> });
    onClose();
  };

  const close = async (): Promise<void> => {
    onClose();
    if (!isLost) return;
    const { data } = await getSubscription(seen.id);
    if (data) onChange(data);
  };

  return (
    <MakingSecret secret={secret} isLost={isLost} busy={busy} onMake={make} onClose={close}>
      {seen.hasSecret && (
        <>
          <Select
            label={settingsWords.overlapLabel} value={hours} onChange={setHours}
            options={overlaps.filter(one => Number(one) <= most)
              .map(one => [one, settingsWords.hours(Number(one))] as const)}
          />
          <p>{hours === '0' ? settingsWords.noOverlap : settingsWords.overlap}</p>
        </>
      )}
      {notes}
    </MakingSecret>
  );
}

function StopSigning({ webhook, onChange, onClose }: Props & { onClose: () => void }) {
  const { act, busy, notes, seen } = useActing(webhook, t.settings.conflictTitle);
  const stop = async (): Promise<void> => {
    const { data } = await act(() => changing(
      seen, tag => removeSecret(seen.id, tag), fresh => fresh.hasSecret ? null : fresh));
    if (!data) return;
    onChange(data);
    announce(t.settings.noSecret);
    onClose();
  };
  return (
    <Dialog
      title={settingsWords.stopTitle} busy={busy} onClose={onClose}
      actions={<>
        <Button busy={busy} onClick={onClose}>{t.cancel}</Button>
        <Button kind="danger" changes busy={busy} onClick={stop}>{settingsWords.stop}</Button>
      </>}
    >
      <p>{settingsWords.stopText}</p>
      {notes}
    </Dialog>
  );
}
