import { useState } from 'preact/hooks';
import { announce } from '../announce';
import { getSubscription, removeSecret, rotateSecret, type Subscription } from '../api/calls';
import type { Failure } from '../api/client';
import { changing, type Changed } from '../changing';
import { ChangedNote } from '../form/Conflict';
import { makeSecret } from '../form/draft';
import { MadeSecret, MakingSecret } from '../form/MadeSecret';
import { t } from '../messages/language';
import { useLimits } from '../overview';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Select } from '../parts/Field';
import { FailureNote } from '../parts/Loading';
import { Time } from '../parts/Time';
import { can } from '../session';

interface Props {
  readonly webhook: Subscription;
  readonly onChange: (webhook: Subscription) => void;
}

/** The signing secret of a webhook: since when, a new one, none. */
export function SecretSettings({ webhook, onChange, onTest }: Props & { onTest: () => void }) {
  const [open, setOpen] = useState<'new' | 'stop' | null>(null);
  const { hasSecret, secretCreatedAt, earlierSecretsSignUntil } = webhook;
  const close = (): void => setOpen(null);
  return (
    <section class="setting" aria-labelledby="secret-title">
      <h2 id="secret-title">{t.form.secret}</h2>
      <p>
        {!hasSecret ? t.settings.noSecret : secretCreatedAt
          ? <At text={t.settings.secretSince} at={secretCreatedAt} /> : t.settings.secretSet}{' '}
        {earlierSecretsSignUntil.map(until => <At key={until} text={t.settings.earlier} at={until} />)}
      </p>
      {can('manage') && (
        <div class="actions">
          <Button changes onClick={() => setOpen('new')}>
            {hasSecret ? t.settings.newSecret : t.settings.firstSecret}
          </Button>
          {hasSecret && <Button changes onClick={() => setOpen('stop')}>{t.settings.stopSigning}</Button>}
        </div>
      )}
      {open === 'new' && <NewSecret webhook={webhook} onChange={onChange} onClose={close} onTest={onTest} />}
      {open === 'stop' && <StopSigning webhook={webhook} onChange={onChange} onClose={close} />}
    </section>
  );
}

/** A sentence with a moment in it. */
export function At({ text, at }: { text: (when: string) => string; at: string }) {
  const [before, after] = text('\0').split('\0');
  return <>{before}<Time at={at} />{after} </>;
}

type Overlap = '0' | '1' | '24' | '48' | '168';
const overlaps: readonly Overlap[] = ['0', '1', '24', '48', '168'];

function NewSecret({ webhook, onChange, onClose, onTest }: Props & { onClose: () => void; onTest: () => void }) {
  const most = useLimits()?.subscriptions.maxOverlapHours ?? 168;
  const [hours, setHours] = useState<Overlap>('24');
  const [made, setMade] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [changed, setChanged] = useState<Changed | null>(null);
  const [busy, setBusy] = useState(false);
  const [isLost, setLost] = useState(false);
  const seen = changed?.fresh ?? webhook;
  // Made here, and the same at each try: a lost answer loses no secret.
  const [secret] = useState(makeSecret);

  const make = async (): Promise<void> => {
    setBusy(true);
    const body = seen.hasSecret ? { secret, overlapHours: Number(hours) } : { secret };
    // After a lost answer, a newer secret than the one that was seen is this one.
    const { data, failure: why, changed: by } = await changing(seen, tag => rotateSecret(seen.id, tag, body),
      fresh => isLost && fresh.secretCreatedAt !== seen.secretCreatedAt ? fresh : null);
    setBusy(false);
    setFailure(why ?? null);
    if (why?.status === 0) setLost(true);
    if (by) setChanged(by);
    if (!data) return;
    setMade(true);
    onChange(data);
  };

  const close = async (): Promise<void> => {
    onClose();
    if (!isLost) return;
    const { data } = await getSubscription(seen.id);
    if (data) onChange(data);
  };

  if (made) {
    return <MadeSecret secret={secret} onClose={onClose} onTest={onTest} />;
  }
  return (
    <MakingSecret
      secret={secret} failure={failure} isLost={isLost} busy={busy} onMake={make} onClose={close}
    >
      {seen.hasSecret && (
        <>
          <Select
            label={t.settings.overlapLabel} value={hours} onChange={setHours}
            options={overlaps.filter(one => Number(one) <= most)
              .map(one => [one, t.settings.hours(Number(one))] as const)}
          />
          <p>{hours === '0' ? t.settings.noOverlap : t.settings.overlap}</p>
        </>
      )}
      {changed && <ChangedNote changed={changed} title={t.settings.conflictTitle} />}
    </MakingSecret>
  );
}

function StopSigning({ webhook, onChange, onClose }: Props & { onClose: () => void }) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [changed, setChanged] = useState<Changed | null>(null);
  const [busy, setBusy] = useState(false);
  const seen = changed?.fresh ?? webhook;
  const stop = async (): Promise<void> => {
    setBusy(true);
    const { data, failure: why, changed: by } = await changing(
      seen, tag => removeSecret(seen.id, tag), fresh => fresh.hasSecret ? null : fresh);
    setBusy(false);
    setFailure(why ?? null);
    if (by) setChanged(by);
    if (!data) return;
    onChange(data);
    announce(t.settings.noSecret);
    onClose();
  };
  return (
    <Dialog
      title={t.settings.stopTitle} onClose={onClose}
      actions={<>
        <Button onClick={onClose}>{t.cancel}</Button>
        <Button kind="danger" changes busy={busy} onClick={stop}>{t.settings.stop}</Button>
      </>}
    >
      <p>{t.settings.stopText}</p>
      {changed && <ChangedNote changed={changed} title={t.settings.conflictTitle} />}
      {failure && <FailureNote title={t.notDone} failure={failure} />}
    </Dialog>
  );
}
