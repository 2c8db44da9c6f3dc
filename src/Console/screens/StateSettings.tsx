import { useState } from 'preact/hooks';
import { announce, complain } from '../announce';
import { countDeadLetters, deleteSubscription, getParked, type Subscription } from '../api/calls';
import { changing, type Outcome } from '../changing';
import { failureText } from '../explain';
import { useActing } from '../form/acting';
import { list } from '../format';
import { settingsWords, t } from '../messages/language';
import { nameOf, useLimits, useOverview, useWebhook } from '../overview';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Discarded } from '../parts/Discarded';
import { PauseButton } from '../parts/PauseButton';
import { At } from '../parts/Time';
import { setPaused } from '../pausing';
import { go, route } from '../route';
import { Behind } from './Behind';
import { behindOf, queuesOf } from './groups';

interface Props {
  readonly webhook: Subscription;
  /** Loads it again, since it was paused or resumed. */
  readonly reload: () => unknown;
}

/** Pause and resume. */
export function PauseSettings({ webhook, reload }: Props) {
  const { pausedAt } = webhook;
  const days = useLimits()?.deadLetters.retentionDays;
  return (
    <section class="setting" aria-labelledby="pause-title">
      <h2 id="pause-title">{t.settings.pauseTitle}</h2>
      <p>
        {pausedAt && <At text={when => `${t.list.pausedSince(when)}.`} at={pausedAt} />}
        {t.settings.pauseHint} {days && settingsWords.heldFor(days)}
      </p>
      <Discarded webhook={webhook} />
      <div class="actions"><PauseButton webhook={webhook} onDone={reload} /></div>
    </section>
  );
}

interface Losses {
  readonly failed: number;
  readonly held: number;
  readonly behind: number | null;
}

/** Delete, with what is lost by it. */
export function DeleteSettings({ webhook, reload }: Props) {
  const [losses, setLosses] = useState<Losses | null>(null);
  const [busy, setBusy] = useState(false);
  const ask = async (): Promise<void> => {
    setBusy(true);
    const { id } = webhook;
    const [held, ...failed] = await Promise.all([
      getParked(id), ...queuesOf({ subscriptionId: id }).map(queue => countDeadLetters({ subscriptionId: id, queue })),
    ]);
    setBusy(false);
    const failure = [held, ...failed].find(answer => answer.failure)?.failure;
    if (failure) return complain(failureText(failure));
    setLosses({
      failed: failed.reduce((sum, { data }) => sum + data!.matching, 0), held: held.data!.count,
      behind: behindOf([held, ...failed].map(({ data }) => data!)),
    });
  };
  return (
    <section class="setting" aria-labelledby="delete-title">
      <h2 id="delete-title">{t.failedEvents.delete}</h2>
      <div class="actions"><Button kind="danger" changes busy={busy} onClick={ask}>{settingsWords.delete}</Button></div>
      {losses && <Deleting webhook={webhook} reload={reload} losses={losses} onClose={() => setLosses(null)} />}
    </section>
  );
}

function Deleting({ webhook, reload, losses, onClose }: Props & { losses: Losses; onClose: () => void }) {
  const { act, busy, notes, seen } = useActing(webhook, t.settings.conflictTitle);
  const { refresh } = useOverview();
  const { id } = webhook;

  const remove = async (): Promise<void> => {
    const { path } = route.value;
    const { failure, changed } = await act(async (): Promise<Outcome<unknown>> => {
      const outcome = await changing(seen, tag => deleteSubscription(id, tag));
      return outcome.failure?.status === 404 ? { data: null } : outcome;
    });
    if (failure || changed) return;
    refresh();
    // Whoever has left meanwhile stays where they are.
    if (route.value.path === path) go('/');
    announce(settingsWords.deleted);
  };
  // Whoever changes their mind stays too, with what they have typed.
  const resumeFirst = async (): Promise<void> => {
    const { failure, changed } = await act(() => setPaused(seen, false));
    if (failure || changed) return;
    onClose();
    reload();
  };
  const { failed, held } = losses;
  // These end with the webhook, and are not among what failed.
  const retrying = useWebhook(id)?.retrying ?? 0;
  return (
    <Dialog
      title={t.failedEvents.deleteTitle(nameOf(seen))} busy={busy} onClose={onClose}
      actions={<>
        <Button busy={busy} onClick={onClose}>{t.failedEvents.keep}</Button>
        {held > 0 && seen.pausedAt && (
          <Button changes busy={busy} onClick={resumeFirst}>{settingsWords.resumeFirst}</Button>
        )}
        <Button kind="danger" changes busy={busy} onClick={remove}>{settingsWords.deleteNow}</Button>
      </>}
    >
      <p>{settingsWords.deleteNone}</p>
      {failed + held + retrying > 0 && (
        <p>
          {settingsWords.deleteLoses(list([
            ...failed > 0 ? [t.list.failedEvents(failed)] : [],
            ...held > 0 ? [settingsWords.heldEvents(held)] : [],
            ...retrying > 0 ? [settingsWords.retryingEvents(retrying)] : [],
          ]))}
        </p>
      )}
      <Behind time={losses.behind} />
      {notes}
    </Dialog>
  );
}
