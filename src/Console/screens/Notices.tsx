import { useEffect, useState } from 'preact/hooks';
import { announce } from '../announce';
import {
  deleteNotices, getNotices, putNotices, testNotices, type NoticeName, type StoredNotices,
} from '../api/calls';
import type { Failure } from '../api/client';
import { useResource } from '../api/resource';
import { changingSeen, isConflict, type Changed, type Difference } from '../changing';
import { failureText, noticeNames, noticesId } from '../explain';
import { ChangedNote, Conflict } from '../form/Conflict';
import { makeSecret, serverFaults, urlFault, type Faults } from '../form/draft';
import { Summary } from '../form/Fields';
import { MadeSecret } from '../form/MadeSecret';
import { newSecret, SecretChoice, secretOf } from '../form/SecretChoice';
import { TestedForm } from '../form/TestedForm';
import { TestPanel } from '../form/TestPanel';
import { t } from '../messages/language';
import { useLimits } from '../overview';
import { Button } from '../parts/Button';
import { Copy } from '../parts/Copy';
import { Dialog } from '../parts/Dialog';
import { Field } from '../parts/Field';
import { Crumb, Heading } from '../parts/Frame';
import { FailureNote, Loaded, Skeleton } from '../parts/Loading';
import { unsaved } from '../route';
import { can } from '../session';
import { At } from './SecretSettings';
import { Sent } from './Sent';

/** Where the customer is told that a webhook fails, or works again. */
export function Notices({ delivery }: { delivery: string | undefined }) {
  const resource = useResource('notices', getNotices);
  return (
    <>
      <Crumb to="/">{t.webhooks}</Crumb>
      <Heading title={t.notices.title} />
      {!delivery && (
        <>
          <p class="lead">{t.notices.lead}</p>
          <Loaded resource={resource} title={t.notices.loadFailed} skeleton={<Skeleton text={t.loading} kind="flat" />}>
            {stored => can('manage') || stored.notices ? <Form stored={stored} put={resource.set} />
              : <p class="note">{t.notices.notSet}</p>}
          </Loaded>
        </>
      )}
      {/* In its place with and without one that is open: the list stays, and the focus finds its way back. */}
      {(delivery || resource.data?.notices) && (
        <Sent
          id={noticesId} delivery={delivery} filter={always} pageSize={20} isAwaited={false}
          head={<>
            <h2>{t.notices.sent}</h2>
            <a href={`#/failed?webhook=${noticesId}`}>{t.notices.failed}</a>
          </>}
          failed={t.notices.sentFailed}
          empty={() => <div class="empty"><p>{t.notices.noneSent}</p><p class="quiet">{t.notices.whenSent}</p></div>}
        />
      )}
    </>
  );
}

const always = {};

interface Props {
  readonly stored: StoredNotices;
  readonly put: (stored: StoredNotices) => void;
}

function Form({ stored, put }: Props) {
  const [base, setBase] = useState(stored);
  const [url, setUrl] = useState(stored.notices?.url ?? '');
  const [enabled, setEnabled] = useState(stored.notices?.enabled ?? true);
  const [secret, setSecret] = useState(newSecret);
  const [faults, setFaults] = useState<Faults>({});
  const [texts, setTexts] = useState<string[]>([]);
  const [theirs, setTheirs] = useState<StoredNotices | null>(null);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const [ask, setAsk] = useState(0);
  const [rotations, setRotations] = useState(0);
  const most = useLimits()?.subscriptions.maxUrlCharacters;
  const { notices } = base;
  const mayManage = can('manage');
  const typed = url.trim();
  // What is not set yet takes a secret with it; a stored one stays.
  const used = notices ? null : secretOf(secret);

  const isChanged = notices ? typed !== notices.url || enabled !== notices.enabled : typed !== '';
  useEffect(() => { unsaved.value = isChanged; }, [isChanged]);
  useEffect(() => () => { unsaved.value = false; }, []);

  const accept = (fresh: StoredNotices): void => {
    setTheirs(null);
    setBase(fresh);
    put(fresh);
    if (!fresh.notices) return setSecret(newSecret());
    setUrl(fresh.notices.url);
    setEnabled(fresh.notices.enabled);
  };

  // Another secret, or none any more: what was typed stays.
  const rebase = (fresh: StoredNotices): void => {
    if (!fresh.notices || !isChanged) return accept(fresh);
    setBase(fresh);
    put(fresh);
  };

  const refuse = (failure: Failure): void => {
    const { faults: found, rest } = serverFaults(failure.errors);
    setFaults(found);
    const isNamed = Object.keys(found).length + rest.length > 0;
    setTexts(isNamed ? rest : [failure.status === 0 ? t.form.lostAnswerChange : failureText(failure)]);
  };

  const judge = (): boolean => {
    const fault = urlFault(typed);
    const found: Faults = {
      ...(fault ? { url: fault } : {}),
      ...(!notices && secret.kind === 'own' && !used ? { secret: t.form.noOwnSecret } : {}),
    };
    setFaults(found);
    setTexts([]);
    return Object.keys(found).length === 0;
  };

  const save = async (etag: string | null): Promise<void> => {
    if (!judge() || busy) return;
    if (notices && !isChanged) return announce(t.settings.nothingChanged);
    setBusy(true);
    const answer = await putNotices(
      { url: typed, enabled, generateSecret: false, ...(used ? { secret: used } : {}) }, etag);
    if (!answer.failure) {
      if (used && secret.kind === 'generated') setMade(used);
      accept({ notices: answer.data, etag: answer.etag });
      announce(answer.data.enabled ? t.notices.saved : t.notices.savedOff);
    } else if (isConflict(answer.failure)) {
      const fresh = await getNotices();
      if (fresh.failure) refuse(fresh.failure);
      else if (fresh.data.notices) setTheirs(fresh.data);
      else {
        accept(fresh.data);
        setTexts([t.notices.gone]);
      }
    } else {
      refuse(answer.failure);
    }
    setBusy(false);
  };

  const send = (event: NoticeName) => {
    if (!judge()) return null;
    const isStored = notices?.url === typed;
    const sent = testNotices({ event, ...(isStored ? {} : { url: typed }), ...(used ? { secret: used } : {}) });
    void sent.then(({ failure }) => { if (failure?.status === 400) refuse(failure); });
    return sent;
  };

  return (
    <>
      <TestedForm onSubmit={() => void save(base.etag)} onTest={() => setAsk(ask + 1)}>
        {theirs?.notices && (
          <Conflict
            title={t.notices.conflictTitle} rows={rowsOf(theirs, typed, enabled)}
            onMine={() => void save(theirs.etag)} onTheirs={() => accept(theirs)}
          />
        )}
        <Summary faults={faults} texts={texts} />
        <fieldset class="plain" disabled={!mayManage}>
          <Field name="url" label={t.notices.url} hint={t.notices.urlHint} error={faults.url}>
            {control => (
              <input
                {...control} type="url" inputMode="url" autoComplete="off" spellcheck={false} required value={url}
                maxLength={most} placeholder="https://" onInput={event => setUrl(event.currentTarget.value)}
              />
            )}
          </Field>
          {notices ? (
            <label class="check">
              <input
                type="checkbox" checked={enabled} onChange={event => setEnabled(event.currentTarget.checked)}
              />
              <span>{t.notices.enabled} <span class="hint">{t.notices.enabledHint}</span></span>
            </label>
          ) : <SecretChoice secret={secret} error={faults.secret} onChange={setSecret} />}
        </fieldset>
        {can('recover') && (
          <div class="panel">
            <h2>{t.test.title}</h2>
            <TestPanel
              events={noticeNames} first="webhook.failing" hint={t.notices.testHint} send={send} ask={ask}
              version={JSON.stringify([typed, secretOf(secret), rotations])}
            />
          </div>
        )}
        {mayManage && (
          <div class="actions bar">
            <Button type="submit" kind="primary" changes busy={busy}>
              {busy ? t.form.saving : notices ? t.form.saveChanges : t.notices.save}
            </Button>
          </div>
        )}
      </TestedForm>
      {notices && (
        <Secret
          stored={base} onTest={() => setAsk(ask + 1)}
          put={fresh => {
            setRotations(rotations + 1);
            rebase(fresh);
          }}
        />
      )}
      {notices && mayManage && (
        <Removal
          stored={base}
          put={fresh => {
            rebase(fresh);
            if (!fresh.notices) setUrl('');
          }}
        />
      )}
      {made && (
        <Dialog
          title={t.form.copiedTitle} onClose={() => setMade(null)}
          actions={<>
            <Copy text={made} what={t.form.secret} kind="primary">{t.form.copySecret}</Copy>
            <Button onClick={() => setMade(null)}>{t.done}</Button>
          </>}
        >
          <p>{t.form.copiedText}</p>
        </Dialog>
      )}
    </>
  );
}

const sent = (enabled: boolean): string => enabled ? t.notices.on : t.notices.off;

function rowsOf({ notices }: StoredNotices, url: string, enabled: boolean) {
  const rows = [
    { title: t.notices.url, first: notices!.url, second: url },
    { title: t.notices.enabled, first: sent(notices!.enabled), second: sent(enabled) },
  ];
  return rows.filter(({ first, second }) => first !== second);
}

function differencesOf(seen: StoredNotices, fresh: StoredNotices): Difference[] {
  const fields = ({ notices }: StoredNotices): Record<string, readonly [string, string]> => ({
    url: [t.notices.url, notices?.url ?? ''],
    enabled: [t.notices.enabled, notices ? sent(notices.enabled) : ''],
    secret: [t.form.secret, notices?.secretCreatedAt ?? ''],
  });
  const [before, now] = [fields(seen), fields(fresh)];
  return Object.entries(before).filter(([field, [, value]]) => now[field]![1] !== value)
    .map(([field, [title, value]]) => ({ field, title, before: value, now: now[field]![1] }));
}

/** Acts on what was seen, and asks again when somebody else has changed it. */
function useActing(stored: StoredNotices) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [changed, setChanged] = useState<Changed<StoredNotices> | null>(null);
  const [busy, setBusy] = useState(false);
  const seen = changed?.fresh ?? stored;
  const act = async <T,>(change: Parameters<typeof changingSeen<T, StoredNotices, StoredNotices>>[1]) => {
    setBusy(true);
    const outcome = await changingSeen(seen, change, getNotices, differencesOf);
    setBusy(false);
    setFailure(outcome.failure ?? null);
    if (outcome.changed) setChanged(outcome.changed);
    return !outcome.failure && !outcome.changed ? outcome : null;
  };
  const note = (
    <>
      {changed && <ChangedNote changed={changed} title={t.notices.conflictTitle} />}
      {failure && <FailureNote title={t.form.checkNoField} failure={failure} />}
    </>
  );
  return { act, busy, note, isGone: seen.notices === null };
}

function Secret({ stored, put, onTest }: Props & { onTest: () => void }) {
  const [open, setOpen] = useState(false);
  const { secretCreatedAt, earlierSecretsSignUntil } = stored.notices!;
  return (
    <section class="setting" aria-labelledby="secret-title">
      <h2 id="secret-title">{t.form.secret}</h2>
      <p>
        {secretCreatedAt ? <At text={t.settings.secretSince} at={secretCreatedAt} /> : t.notices.signed}{' '}
        {earlierSecretsSignUntil.map(until => <At key={until} text={t.settings.earlier} at={until} />)}
      </p>
      {can('manage') && (
        <div class="actions"><Button changes onClick={() => setOpen(true)}>{t.settings.newSecret}</Button></div>
      )}
      {open && <NewSecret stored={stored} put={put} onTest={onTest} onClose={() => setOpen(false)} />}
    </section>
  );
}

function NewSecret({ stored, put, onTest, onClose }: Props & { onTest: () => void; onClose: () => void }) {
  const { act, busy, note, isGone } = useActing(stored);
  // Made here, and the same at each try: a lost answer loses no secret.
  const [secret] = useState(makeSecret);
  const [made, setMade] = useState(false);
  const make = async (): Promise<void> => {
    const done = await act(({ notices, etag }) => putNotices(
      { url: notices!.url, enabled: notices!.enabled, generateSecret: false, secret }, etag));
    if (!done) return;
    setMade(true);
    const fresh = await getNotices();
    if (fresh.data) put(fresh.data);
  };
  return made ? (
    <MadeSecret secret={secret} onClose={onClose} onTest={onTest} />
  ) : (
    <Dialog
      title={t.settings.rotateTitle} onClose={onClose}
      actions={<>
        {!isGone && <Button kind="primary" changes busy={busy} onClick={make}>{t.settings.make}</Button>}
        <Button onClick={isGone ? () => put({ notices: null, etag: null }) : onClose}>{t.cancel}</Button>
      </>}
    >
      <p>{t.notices.rotateText}</p>
      {note}
    </Dialog>
  );
}

function Removal({ stored, put }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <section class="setting" aria-labelledby="remove-title">
      <h2 id="remove-title">{t.notices.removeHeading}</h2>
      <div class="actions"><Button kind="danger" changes onClick={() => setOpen(true)}>{t.notices.remove}</Button></div>
      {open && <Removing stored={stored} put={put} onClose={() => setOpen(false)} />}
    </section>
  );
}

function Removing({ stored, put, onClose }: Props & { onClose: () => void }) {
  const { act, busy, note } = useActing(stored);
  const remove = async (): Promise<void> => {
    const done = await act(async ({ notices, etag }) => {
      const answer = notices ? await deleteNotices(etag!) : null;
      return answer?.failure && answer.failure.status !== 404 ? answer : { data: undefined, etag: null };
    });
    if (!done) return;
    announce(t.notices.removed);
    put({ notices: null, etag: null });
  };
  return (
    <Dialog
      title={t.notices.removeTitle} onClose={onClose}
      actions={<>
        <Button onClick={onClose}>{t.failedEvents.keep}</Button>
        <Button kind="danger" changes busy={busy} onClick={remove}>{t.notices.removeNow}</Button>
      </>}
    >
      <p>{t.notices.removeText}</p>
      {note}
    </Dialog>
  );
}
