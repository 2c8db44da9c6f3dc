import { useEffect, useState } from 'preact/hooks';
import { announce } from '../announce';
import {
  getSubscription, patchSubscription, testSubscription, type Changes, type EventName, type Subscription,
} from '../api/calls';
import type { Failure } from '../api/client';
import { useResource } from '../api/resource';
import { differencesOf, eventsText, valueOf } from '../changing';
import { eventNames, failureText } from '../explain';
import { Conflict } from '../form/Conflict';
import {
  changesOf, draftOf, eventsOf, faultsOf, rebased, serverFaults, testHeaders, urlFault, type Draft, type Faults,
} from '../form/draft';
import { Fields, Summary } from '../form/Fields';
import { noteTest } from '../form/TestDialog';
import { TestedForm } from '../form/TestedForm';
import { TestPanel } from '../form/TestPanel';
import { t } from '../messages/language';
import { useLimits, useOverview } from '../overview';
import { Button } from '../parts/Button';
import { Loaded, Skeleton } from '../parts/Loading';
import { unsaved } from '../route';
import { can } from '../session';
import { DeleteSettings, PauseSettings } from './StateSettings';
import { SecretSettings } from './SecretSettings';

/** S3: the settings of a webhook. */
export function Settings({ id }: { id: string }) {
  const resource = useResource(`settings ${id}`, signal => getSubscription(id, signal));
  return (
    <Loaded resource={resource} title={t.settings.failed} skeleton={<Skeleton text={t.loading} kind="flat" />}>
      {stored => <Form stored={stored} put={resource.set} />}
    </Loaded>
  );
}

function Form({ stored, put }: { stored: Subscription; put: (stored: Subscription) => void }) {
  const [base, setBase] = useState(stored);
  const [draft, setDraft] = useState<Draft>(() => draftOf(stored));
  const [faults, setFaults] = useState<Faults>({});
  const [texts, setTexts] = useState<string[]>([]);
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

  // A newer version, of the secret for example: what was typed stays, unless somebody else changed the same field.
  const take = (fresh: Subscription): void => {
    overview.refresh();
    if (differencesOf(base, fresh).some(({ field }) => field in changes)) return setTheirs(fresh);
    setDraft(rebased(draft, changes, fresh));
    accept(fresh);
  };

  const accept = (fresh: Subscription): void => {
    setTheirs(null);
    setBase(fresh);
    put(fresh);
  };

  const refuse = (failure: Failure): void => {
    const { faults: found, rest } = serverFaults(failure.errors);
    setFaults(found);
    const isNamed = Object.keys(found).length + rest.length > 0;
    setTexts(isNamed ? rest : [failure.status === 0 ? t.form.lostAnswerChange : failureText(failure)]);
  };

  const save = async (wanted: Changes, etag: string): Promise<void> => {
    const found = faultsOf(draft);
    setFaults(found);
    setTexts([]);
    if (Object.keys(found).length > 0 || busy) return;
    if (Object.keys(wanted).length === 0) return announce(t.settings.nothingChanged);
    setBusy(true);
    const answer = await patchSubscription(base.id, etag, wanted);
    if (answer.failure?.code === 'precondition_failed') {
      const fresh = await getSubscription(base.id);
      if (fresh.failure) refuse(fresh.failure);
      else setTheirs(fresh.data);
    } else if (answer.failure) {
      refuse(answer.failure);
    } else {
      setDraft(draftOf(answer.data));
      accept(answer.data);
      overview.refresh();
      announce(t.settings.saved(seconds));
    }
    setBusy(false);
  };

  const rows = theirs === null ? [] : comparedFields.flatMap(field => {
    const [before, now] = [valueOf(base, field) ?? '', valueOf(theirs, field) ?? ''];
    if (changes[field] === undefined && before === now) return [];
    const mine = changes[field] === undefined ? t.settings.notMine : typedValue(draft, field);
    return [{ title: titleOf(field), first: now, second: mine }];
  });

  const takeTheirs = (fresh: Subscription): void => {
    setDraft(draftOf(fresh));
    accept(fresh);
    overview.refresh();
  };

  const send = (event: EventName) => {
    const fault = urlFault(draft.url.trim());
    setFaults(fault ? { url: fault } : {});
    if (fault) return null;
    const isTestedAsStored = changes.url === undefined && changes.headers === undefined;
    const sent = testSubscription(base.id, isTestedAsStored ? { event }
      : { event, url: draft.url.trim(), headers: testHeaders(draft) });
    void sent.then(({ failure }) => { if (failure?.status === 400) refuse(failure); });
    return sent;
  };

  return (
    <>
      <TestedForm onSubmit={() => void save(changes, base.etag)} onTest={() => setAsk(ask + 1)}>
        {theirs && (
          <Conflict
            title={t.settings.conflictTitle} rows={rows}
            onMine={() => void save(changes, theirs.etag)} onTheirs={() => takeTheirs(theirs)}
          />
        )}
        <Summary faults={faults} texts={texts} />
        <fieldset class="plain" disabled={!mayManage}>
          <Fields draft={draft} faults={faults} onChange={setDraft} />
        </fieldset>
        {can('recover') && (
          <div class="panel">
            <h2>{t.test.title}</h2>
            <TestPanel
              events={eventNames} first="visitor.checked_in" hint={t.test.hint} send={send} ask={ask}
              onResult={ok => noteTest(base.id, ok)}
              version={JSON.stringify([draft.url.trim(), testHeaders(draft), base.secretCreatedAt])}
            />
          </div>
        )}
        {mayManage && (
          <div class="actions bar">
            <Button type="submit" kind="primary" changes busy={busy}>
              {busy ? t.form.saving : t.form.saveChanges}
            </Button>
          </div>
        )}
      </TestedForm>
      <SecretSettings webhook={theirs ?? base} onChange={take} onTest={() => setAsk(ask + 1)} />
      {mayManage && <PauseSettings webhook={theirs ?? base} onChange={take} />}
      {mayManage && <DeleteSettings webhook={theirs ?? base} />}
    </>
  );
}

const comparedFields = ['name', 'url', 'events', 'headers'] as const;

type ComparedField = typeof comparedFields[number];

const titleOf = (field: ComparedField): string =>
  ({ name: t.form.name, url: t.form.url, events: t.form.events, headers: t.form.headers })[field];

function typedValue(draft: Draft, field: ComparedField): string {
  switch (field) {
    case 'name': case 'url': return draft[field];
    case 'events': return eventsText(eventsOf(draft));
    case 'headers': return draft.headers.map(({ name }) => name).join(', ');
  }
}
