import { useEffect, useRef, useState } from 'preact/hooks';
import { announce, complain } from '../announce';
import {
  getSubscription, patchSubscription, testSubscription, type EventName, type Subscription,
} from '../api/calls';
import type { Failure } from '../api/client';
import { later } from '../api/later';
import { useResource } from '../api/resource';
import { changingSeen, differencesOf, eventsText, titleOf, valueOf, type Difference } from '../changing';
import { eventNames, failureText } from '../explain';
import { Conflict } from '../form/Conflict';
import {
  changesOf, draftOf, eventsOf, faultsOf, firstDraftOf, isStored, nothingWrong, rebased, testFaultsOf, testHeaders,
  wrongOf, type Draft, type Wrong,
} from '../form/draft';
import { Fields, Summary } from '../form/Fields';
import { noteTest } from '../form/TestDialog';
import { TestedForm } from '../form/TestedForm';
import { TestPanel } from '../form/TestPanel';
import { loadSettings, settingsWords, t } from '../messages/language';
import { useLimits, useOverview } from '../overview';
import { Button } from '../parts/Button';
import { useHere } from '../parts/here';
import { Loaded, Skeleton } from '../parts/Loading';
import { unsaved } from '../route';
import { can } from '../session';
import { DeleteSettings, PauseSettings } from './StateSettings';
import { SecretSettings } from './SecretSettings';

/** S3: the settings of a webhook. */
export function Settings({ id }: { id: string }) {
  const resource = useResource(`settings ${id}`, async signal => {
    const [words, stored] = await Promise.all([later(loadSettings), getSubscription(id, signal)]);
    return words.failure ? words : stored;
  });
  return (
    <Loaded resource={resource} title={t.settings.failed} skeleton={<Skeleton text={t.loading} kind="flat" />}>
      {stored => <Form stored={stored} put={resource.set} />}
    </Loaded>
  );
}

function Form({ stored, put }: { stored: Subscription; put: (stored: Subscription) => void }) {
  const [base, setBase] = useState(stored);
  const [draft, setDraft] = useState<Draft>(() => firstDraftOf(stored));
  const [wrong, setWrong] = useState<Wrong>(nothingWrong);
  const [busy, setBusy] = useState(false);
  const [theirs, setTheirs] = useState<Subscription | null>(null);
  const [ask, setAsk] = useState(0);
  const overview = useOverview();
  const seconds = useLimits()?.subscriptions.effectiveWithinSeconds ?? 5;
  const mayManage = can('manage');

  const changes = changesOf(draft, base);
  const isChanged = Object.keys(changes).length > 0;
  useEffect(() => { unsaved.value = isChanged; }, [isChanged]);
  useEffect(() => () => { unsaved.value = false; }, []);

  // How it is when an answer comes: the person goes on typing, or leaves, until then.
  const here = useHere();
  const latest = useRef({ base, draft });
  latest.current = { base, draft };

  // A newer version, of the secret for example: what was typed stays, unless somebody else changed the same field.
  const take = (fresh: Subscription): void => {
    overview.refresh();
    const { base: old, draft: typed } = latest.current;
    const mine = changesOf(typed, old);
    if (differencesOf(old, fresh).some(({ field }) => field in mine)) return setTheirs(fresh);
    accept(fresh, draftOf(old));
  };

  const reload = async (): Promise<void> => {
    const { data } = await getSubscription(base.id);
    if (data) take(data);
  };

  // What was typed since `from` stays.
  const accept = (fresh: Subscription, from: Draft | null): void => {
    setTheirs(null);
    setBase(fresh);
    setDraft(now => from ? rebased(now, from, fresh) : draftOf(fresh));
    put(fresh);
  };

  const refuse = (failure: Failure): void => setWrong(wrongOf(failure, settingsWords.lostAnswer, draft.headers));

  // What is stored as it was typed is one's own change, whose answer was lost.
  const differ = (seen: Subscription, fresh: Subscription): Difference[] => differencesOf(seen, fresh).filter(
    ({ field }) => isCompared(field) && !(field in changes && isStored(draft, field, fresh)));

  const save = async (seen: Subscription): Promise<void> => {
    const faults = faultsOf(draft, seen);
    setWrong({ faults, texts: [] });
    if (Object.keys(faults).length > 0 || busy) return;
    if (!isChanged) return announce(settingsWords.nothingChanged);
    setBusy(true);
    const { data, failure, changed } = await changingSeen(
      seen, ({ etag }) => patchSubscription(seen.id, etag, changes), () => getSubscription(seen.id), differ);
    setBusy(false);
    if (!here.current && (failure ?? changed)) {
      return complain(failure ? failureText(failure) : t.settings.conflictTitle);
    }
    if (changed) return setTheirs(changed.fresh);
    if (failure) return refuse(failure);
    accept(data, draft);
    // A test of what was stored before tells nothing of this.
    if (changes.url !== undefined || changes.headers !== undefined) noteTest(seen.id, false);
    overview.refresh();
    announce(settingsWords.saved(seconds));
  };

  const rows = theirs === null ? [] : comparedFields.flatMap(field => {
    const [before, now] = [valueOf(base, field) ?? '', valueOf(theirs, field) ?? ''];
    if (changes[field] === undefined && before === now) return [];
    const mine = changes[field] === undefined ? settingsWords.notMine : typedValue(draft, field);
    return [{ title: titleOf(field), first: now, second: mine }];
  });

  const takeTheirs = (fresh: Subscription): void => {
    accept(fresh, null);
    overview.refresh();
  };

  const isTestedAsStored = changes.url === undefined && changes.headers === undefined;
  const send = (event: EventName) => {
    const faults = testFaultsOf(draft);
    setWrong({ faults, texts: [] });
    if (Object.keys(faults).length > 0) return null;
    return testSubscription(base.id, isTestedAsStored ? { event }
      : { event, url: draft.url.trim(), headers: testHeaders(draft) });
  };

  return (
    <>
      <TestedForm onSubmit={() => void save(base)} onTest={() => setAsk(ask + 1)}>
        {theirs && (
          // Another answer is another question: it takes the focus again.
          <Conflict
            key={theirs}
            title={t.settings.conflictTitle} rows={rows}
            onMine={() => void save(theirs)} onTheirs={() => takeTheirs(theirs)}
          />
        )}
        <Summary wrong={wrong} />
        <fieldset class="plain" disabled={!mayManage}>
          <Fields draft={draft} faults={wrong.faults} onChange={setDraft} />
        </fieldset>
        {can('recover') && (
          <div class="panel">
            <h2>{t.test.title}</h2>
            <TestPanel
              events={eventNames} first="visitor.checked_in" hint={t.test.hint} send={send} ask={ask}
              onRefused={refuse} onResult={ok => { if (isTestedAsStored) noteTest(base.id, ok); }}
              version={JSON.stringify([draft.url.trim(), testHeaders(draft), base.secretCreatedAt])}
            />
          </div>
        )}
        {mayManage && (
          <div class="actions bar">
            <Button type="submit" kind="primary" changes busy={busy}>
              {busy ? t.form.saving : settingsWords.saveChanges}
            </Button>
          </div>
        )}
      </TestedForm>
      <SecretSettings webhook={theirs ?? base} onChange={take} />
      {mayManage && <PauseSettings webhook={theirs ?? base} reload={reload} />}
      {mayManage && <DeleteSettings webhook={theirs ?? base} reload={reload} />}
    </>
  );
}

const comparedFields = ['name', 'url', 'events', 'headers'] as const;

type ComparedField = typeof comparedFields[number];

const isCompared = (field: string): field is ComparedField => (comparedFields as readonly string[]).includes(field);

function typedValue(draft: Draft, field: ComparedField): string {
  switch (field) {
    case 'name': case 'url': return draft[field];
    case 'events': return eventsText(eventsOf(draft));
    case 'headers': return draft.headers.map(({ name }) => name).join(', ');
  }
}
