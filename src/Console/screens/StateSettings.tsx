import { useState } from 'preact/hooks';
import { announce, complain } from '../announce';
import { countDeadLetters, deleteSubscription, getParked, getSubscription, type Subscription } from '../api/calls';
import type { Failure } from '../api/client';
import { failureText } from '../explain';
import { t } from '../messages/language';
import { nameOf, useOverview } from '../overview';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { FailureNote } from '../parts/Loading';
import { setPaused } from '../pausing';
import { go } from '../route';
import { At, withFreshTag } from './SecretSettings';

/** Pause and resume. */
export function PauseSettings({ webhook, onChange }: {
  webhook: Subscription; onChange: (webhook: Subscription) => void;
}) {
  const [busy, setBusy] = useState(false);
  const { id, etag, pausedAt } = webhook;
  const act = async (): Promise<void> => {
    setBusy(true);
    const failure = await setPaused(id, etag, pausedAt === null);
    const fresh = failure ? null : await getSubscription(id);
    if (failure) complain(failureText(failure));
    if (fresh?.data) onChange(fresh.data);
    setBusy(false);
  };
  return (
    <section class="setting" aria-labelledby="pause-title">
      <h2 id="pause-title">{t.settings.pauseTitle}</h2>
      <p>{pausedAt ? <At text={t.settings.pausedHint} at={pausedAt} /> : t.settings.pauseHint}</p>
      <div class="actions">
        <Button changes busy={busy} onClick={act}>{pausedAt ? t.webhook.resume : t.webhook.pause}</Button>
      </div>
    </section>
  );
}

interface Losses {
  readonly failed: number;
  readonly held: number;
}

/** Delete, with what is lost by it. */
export function DeleteSettings({ webhook }: { webhook: Subscription }) {
  const [losses, setLosses] = useState<Losses | null>(null);
  const [busy, setBusy] = useState(false);
  const ask = async (): Promise<void> => {
    setBusy(true);
    const [failed, held] = await Promise.all([countDeadLetters({ subscriptionId: webhook.id }), getParked(webhook.id)]);
    setBusy(false);
    const failure = failed.failure ?? held.failure;
    if (failure) return complain(failureText(failure));
    setLosses({ failed: failed.data!.matching, held: held.data!.count });
  };
  return (
    <section class="setting" aria-labelledby="delete-title">
      <h2 id="delete-title">{t.settings.deleteTitle}</h2>
      <div class="actions"><Button kind="danger" changes busy={busy} onClick={ask}>{t.settings.delete}</Button></div>
      {losses && <Deleting webhook={webhook} losses={losses} onClose={() => setLosses(null)} />}
    </section>
  );
}

function Deleting({ webhook, losses, onClose }: { webhook: Subscription; losses: Losses; onClose: () => void }) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const { refresh } = useOverview();
  const { id, etag } = webhook;

  const remove = async (): Promise<void> => {
    setBusy(true);
    const relevant = (one: Subscription) => [one.url, one.name];
    const answer = await withFreshTag(webhook, relevant, tag => deleteSubscription(id, tag));
    setBusy(false);
    if (answer.failure && answer.failure.status !== 404) return setFailure(answer.failure);
    announce(t.settings.deleted);
    refresh();
    go('/');
  };
  const resumeFirst = async (): Promise<void> => {
    setBusy(true);
    const why = await setPaused(id, etag, false);
    setBusy(false);
    if (why) return setFailure(why);
    refresh();
    go(`/w/${id}`);
  };
  const loses = losses.failed + losses.held > 0;
  return (
    <Dialog
      title={t.settings.deleteQuestion(nameOf(webhook))} onClose={onClose}
      actions={<>
        <Button onClick={onClose}>{t.failedEvents.keep}</Button>
        {losses.held > 0 && webhook.pausedAt && (
          <Button changes busy={busy} onClick={resumeFirst}>{t.settings.resumeFirst}</Button>
        )}
        <Button kind="danger" changes busy={busy} onClick={remove}>{t.settings.deleteNow}</Button>
      </>}
    >
      <p>{t.settings.deleteNone}</p>
      {loses && (
        <p>{t.settings.deleteLoses(t.list.failedEvents(losses.failed), t.settings.heldEvents(losses.held))}</p>
      )}
      {failure && <FailureNote title={t.form.checkNoField} failure={failure} />}
    </Dialog>
  );
}
