import { useEffect, useState } from 'preact/hooks';
import { announce } from '../announce';
import { getSubscription, patchSubscription, testSubscription, type Changes, type Subscription } from '../api/calls';
import type { Failure } from '../api/client';
import { useResource } from '../api/resource';
import { failureText } from '../explain';
import { Conflict } from '../form/Conflict';
import {
  changesOf, draftOf, faultsOf, serverFaults, testHeaders, urlFault, type Draft, type Faults,
} from '../form/draft';
import { Fields, Summary } from '../form/Fields';
import { noteTest } from '../form/TestDialog';
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

  // A change of something else, such as the secret: the fields stay as they were typed.
  const take = (fresh: Subscription): void => {
    setBase(fresh);
    put(fresh);
    overview.refresh();
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
      setTheirs(null);
      setDraft(draftOf(answer.data));
      take(answer.data);
      announce(t.settings.saved(seconds));
    }
    setBusy(false);
  };

  const takeTheirs = (fresh: Subscription, conflicting: readonly (keyof Changes)[]): void => {
    const theirDraft = draftOf(fresh);
    const taken = Object.fromEntries(conflicting.map(field => [field, theirDraft[field]]));
    // The star belongs to the events, though it has a box of its own.
    setDraft({ ...draft, ...taken, later: conflicting.includes('events') ? theirDraft.later : draft.later });
    setTheirs(null);
    take(fresh);
  };

  const send = (event: Parameters<Parameters<typeof TestPanel>[0]['send']>[0]) => {
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
      <form
        noValidate class="form"
        onSubmit={event => {
          event.preventDefault();
          void save(changes, base.etag);
        }}
        onKeyDown={event => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          setAsk(ask + 1);
        }}
      >
        {theirs && (
          <Conflict
            base={base} theirs={theirs} draft={draft} changes={changes}
            onMine={() => void save(changes, theirs.etag)} onTheirs={fields => takeTheirs(theirs, fields)}
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
              send={send} ask={ask} onResult={ok => noteTest(base.id, ok)}
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
      </form>
      <SecretSettings webhook={base} onChange={take} onTest={() => setAsk(ask + 1)} />
      {mayManage && <PauseSettings webhook={base} onChange={take} />}
      {mayManage && <DeleteSettings webhook={base} />}
    </>
  );
}
