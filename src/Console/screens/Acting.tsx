import { useEffect, useRef, useState } from 'preact/hooks';
import { countDeadLetters, discardDeadLetters, replayDeadLetters, type Filter } from '../api/calls';
import type { Failure } from '../api/client';
import { now } from '../clock';
import { advise, countOf, noticesId } from '../explain';
import { TestDialog, testedLately } from '../form/TestDialog';
import { number, shortUrl } from '../format';
import { track } from '../jobs';
import { failedWords, t } from '../messages/language';
import { nameOf, useDeleted, useOverview, useWebhook } from '../overview';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Field } from '../parts/Field';
import { FailureNote } from '../parts/Loading';
import { Behind } from './Behind';
import { behindOf, filtersOf, type Group, type Look } from './groups';

// Above this many, a slip of the hand costs too much: the number is to be typed.
const typedAbove = 100;

/** Asks before failed events are sent again or deleted. It counts first, with the very filters that are acted upon. */
export function Acting({ kind, chosen, groups, look, asOf, isComplete, onClose, onDone }: {
  kind: 'replay' | 'discard'; chosen: readonly Group[]; groups: readonly Group[]; look: Look;
  /** Before it lies all that is in the groups. */
  asOf: number;
  isComplete: boolean; onClose: () => void; onDone: () => void;
}) {
  // Not only what is chosen but when: what fails from now on is not meant.
  const [filters] = useState(() => filtersOf(chosen, groups, look, Math.max(now(), asOf), isComplete ? asOf : null));
  const [keys] = useState(() => filters.map(() => crypto.randomUUID()));
  const [counts, setCounts] = useState<readonly number[] | null>(null);
  const [behind, setBehind] = useState<number | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState('');
  const [testing, setTesting] = useState<string | null>(null);
  const begun = useRef(new Set<number>());
  const isDeleted = useDeleted();
  const isLeftOut = ({ subscriptionId }: Filter): boolean => kind === 'replay' && isDeleted(subscriptionId);

  const count = async (): Promise<void> => {
    setFailure(null);
    const answers = await Promise.all(filters.map(countDeadLetters));
    const failed = answers.find(answer => answer.failure);
    if (failed?.failure) return setFailure(failed.failure);
    setCounts(answers.map(({ data }) => data!.matching));
    setBehind(behindOf(answers.map(({ data }) => data!)));
  };
  useEffect(() => void count(), []);

  const act = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    for (const [index, filter] of filters.entries()) {
      // What has begun is not begun again when a later one failed.
      if (begun.current.has(index) || counts![index] === 0 || isLeftOut(filter)) continue;
      const start = kind === 'replay' ? replayDeadLetters : discardDeadLetters;
      const { data, failure: why } = await start(filter, keys[index]!);
      if (why) {
        setFailure(why);
        setBusy(false);
        return;
      }
      begun.current.add(index);
      track(data);
    }
    onDone();
  };

  if (testing) return <TestDialog id={testing} onClose={() => setTesting(null)} />;
  const found = sumOf(counts);
  const total = sumOf(counts?.filter((_, index) => !isLeftOut(filters[index]!)));
  // What others have done meanwhile is seen in the list.
  const close = counts && !found ? onDone : onClose;
  const areNotices = filters.every(({ subscriptionId }) => subscriptionId === noticesId);
  const events = countOf(total, areNotices);
  const needsTyping = kind === 'discard' && total > typedAbove;
  const isTyped = !needsTyping || typed.replace(/\D/g, '') === String(total);
  const toType = t.failedEvents.typeCount(number(total));
  const why = !counts ? failure ? t.notDone : t.failedEvents.counting
    : !found ? t.failedEvents.nothingLeft : !total ? t.failedEvents.ofDeleted(found) : isTyped ? null : toType;
  const title = kind === 'replay' ? t.failedEvents.sendTitle : t.failedEvents.deleteTitle;
  return (
    <Dialog
      title={!total ? kind === 'replay' ? t.failedEvents.sendAgain : t.failedEvents.delete : title(events)}
      busy={busy} onClose={close}
      actions={kind === 'replay' ? (
        <>
          <Button kind="primary" changes busy={busy} reason={why} onClick={act}>
            <SendText filters={filters} />
          </Button>
          <Button busy={busy} onClick={close}>{t.cancel}</Button>
        </>
      ) : (
        <>
          <Button busy={busy} onClick={close}>{t.failedEvents.keep}</Button>
          <Button kind="danger" changes busy={busy} reason={why} onClick={act}>{t.failedEvents.delete}</Button>
        </>
      )}
    >
      <div role="status">
        {!found && !failure && <p>{why}</p>}
        {kind === 'replay' ? (
          <>
            {counts && filters.map((filter, index) => (
              <Where key={JSON.stringify(filter)} filter={filter} count={counts[index]!} onTest={setTesting} />
            ))}
            {total > 0 && chosen.some(isUnread) && <p>{t.failedEvents.unreadAgain}</p>}
          </>
        ) : total > 0 && (
          <p>
            {areNotices ? t.notices.deleteText(total)
              : total === 1 ? t.failedEvents.deleteTextOne : failedWords.deleteText(events)}
          </p>
        )}
        <Behind time={behind} />
      </div>
      {needsTyping && (
        <Field name="confirm" label={toType}>
          {control => (
            <input
              {...control} type="text" inputMode="numeric" autoComplete="off" value={typed}
              onInput={event => setTyped(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
      {failure && (
        <FailureNote title={t.notDone} failure={failure} {...(counts ? {} : { retry: () => void count() })} />
      )}
    </Dialog>
  );
}

const sumOf = (counts: readonly number[] | null | undefined): number =>
  counts?.reduce((sum, one) => sum + one, 0) ?? 0;

// Such as an event of a later version of Atrium: it is read once more when it is sent again.
const isUnread = ({ reason }: Group): boolean => /^Invalid/.test(reason ?? '');

// "All the same" is said only where a test was advised.
function SendText({ filters }: { filters: readonly Filter[] }) {
  const webhooks = useOverview().data?.subscriptions ?? [];
  const isAdvised = filters.some(({ subscriptionId }) =>
    webhooks.find(({ id }) => id === subscriptionId)?.state === 'failing' && !testedLately(subscriptionId!));
  return <>{isAdvised ? failedWords.allTheSame : t.failedEvents.sendAgain}</>;
}

function Where({ filter, count, onTest }: { filter: Filter; count: number; onTest: (id: string) => void }) {
  const webhook = useWebhook(filter.subscriptionId ?? '');
  const isDeleted = useDeleted();
  if (count === 0) return null;
  if (!filter.subscriptionId) return <p>{failedWords.sendUnknown(count)}</p>;
  if (filter.subscriptionId === noticesId) return <p>{t.notices.sendAgain(count)}</p>;
  if (isDeleted(filter.subscriptionId)) return <p class="note warn">{t.failedEvents.ofDeleted(count)}</p>;
  if (!webhook) return <p>{failedWords.sendOwn(count)}</p>;
  const { id, url, state, lastFailure } = webhook;
  return (
    <>
      <p>
        {webhook.name && <strong>{nameOf(webhook)}: </strong>}
        <span class="break">{failedWords.sendText(count, shortUrl(url))}</span>
      </p>
      {state === 'paused' && <p class="note warn">{t.failedEvents.isPaused}</p>}
      {state === 'failing' && lastFailure && !testedLately(id) && (
        <div class="note warn">
          <p>{failedWords.failing(advise(lastFailure).what)}</p>
          <Button small changes onClick={() => onTest(id)}>{t.test.send}</Button>
        </div>
      )}
    </>
  );
}
