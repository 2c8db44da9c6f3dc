import { useEffect, useState } from 'preact/hooks';
import { announce, complain } from '../announce';
import {
  deleteNotices, getNotices, putNotices, testNotices, type NoticeName, type StoredNotices,
} from '../api/calls';
import type { Failure } from '../api/client';
import { later } from '../api/later';
import { useResource } from '../api/resource';
import { changingSeen, madeAt, type Difference } from '../changing';
import { failureText, noticeNames, noticesId } from '../explain';
import { useActing } from '../form/acting';
import { Conflict } from '../form/Conflict';
import { makeSecret, nothingWrong, urlFault, wrongOf, type Faults, type Wrong } from '../form/draft';
import { Summary } from '../form/Fields';
import { MakingSecret } from '../form/MadeSecret';
import { newSecret, SecretChoice, secretOf } from '../form/SecretChoice';
import { TestedForm } from '../form/TestedForm';
import { TestPanel } from '../form/TestPanel';
import { loadNotices, noticeWords, t } from '../messages/language';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Field } from '../parts/Field';
import { Crumb, Heading } from '../parts/Frame';
import { useHere } from '../parts/here';
import { Loaded, Skeleton } from '../parts/Loading';
import { At } from '../parts/Time';
import { unsaved } from '../route';
import { can } from '../session';
import { showSecret } from '../uncopied';
import { Sent } from './Sent';

/** Where the customer is told that a webhook fails, or works again. */
export function Notices({ delivery }: { delivery: string | undefined }) {
  const words = useResource('words of notices', () => later(loadNotices));
  return (
    <>
      <Crumb to="/">{t.webhooks}</Crumb>
      <Heading title={t.notices.title} />
      <Loaded resource={words} title={t.jobs.loadFailed} skeleton={<Skeleton text={t.loading} kind="flat" />}>
        {() => <Content delivery={delivery} />}
      </Loaded>
    </>
  );
}

function Content({ delivery }: { delivery: string | undefined }) {
  const resource = useResource('notices', getNotices);
  return (
    <>
      {!delivery && (
        <>
          <p class="lead">{noticeWords.lead}</p>
          <Loaded
            resource={resource} title={noticeWords.loadFailed} skeleton={<Skeleton text={t.loading} kind="flat" />}
          >
            {stored => can('manage') || stored.notices ? <Form stored={stored} put={resource.set} />
              : <p class="note">{noticeWords.notSet}</p>}
          </Loaded>
        </>
      )}
      {/* In its place with and without one that is open: the list stays, and the focus finds its way back. */}
      {(delivery || resource.data?.notices) && (
        <Sent
          id={noticesId} delivery={delivery} filter={always} pageSize={20} isAwaited={false}
          head={<>
            <h2>{noticeWords.sent}</h2>
            <a href={`#/failed?webhook=${noticesId}`}>{noticeWords.failed}</a>
          </>}
          failed={noticeWords.sentFailed}
          empty={() => (
            <div class="empty"><p>{noticeWords.noneSent}</p><p class="quiet">{noticeWords.whenSent}</p></div>
          )}
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
  const [wrong, setWrong] = useState<Wrong>(nothingWrong);
  const [theirs, setTheirs] = useState<StoredNotices | null>(null);
  const [busy, setBusy] = useState(false);
  const [ask, setAsk] = useState(0);
  const [rotations, setRotations] = useState(0);
  const { notices } = base;
  const mayManage = can('manage');
  const here = useHere();
  const typed = url.trim();
  // What is not set yet takes a secret with it; a stored one stays.
  const used = notices ? null : secretOf(secret);

  const isChanged = notices ? typed !== notices.url || enabled !== notices.enabled : typed !== '';
  useEffect(() => { unsaved.value = isChanged; }, [isChanged]);
  useEffect(() => () => { unsaved.value = false; }, []);

  // What was typed since `from` stays.
  const accept = (fresh: StoredNotices, from: Typed | null): void => {
    setTheirs(null);
    setBase(fresh);
    put(fresh);
    if (!fresh.notices) return setSecret(newSecret());
    const { url: address, enabled: isOn } = fresh.notices;
    setUrl(now => !from || now.trim() === from.url ? address : now);
    setEnabled(now => !from || now === from.enabled ? isOn : now);
  };

  // Another secret, or none any more.
  const rebase = (fresh: StoredNotices): void =>
    theirs && fresh.notices ? setTheirs(fresh) : accept(fresh, notices);

  const refuse = (failure: Failure): void => setWrong(wrongOf(failure, noticeWords.lostAnswer));

  const judge = (): boolean => {
    const fault = urlFault(typed);
    const faults: Faults = {
      ...(fault ? { url: fault } : {}),
      ...(!notices && secret.kind === 'own' && !used ? { secret: t.form.noOwnSecret } : {}),
    };
    setWrong({ faults, texts: [] });
    return Object.keys(faults).length === 0;
  };

  const save = async (seen: StoredNotices): Promise<void> => {
    if (!judge() || busy) return;
    if (notices && !isChanged) return announce(noticeWords.nothingChanged);
    setBusy(true);
    const body = { url: typed, enabled, generateSecret: false, ...(used ? { secret: used } : {}) };
    const { data, failure, changed } = await changingSeen(
      seen, ({ etag }) => putNotices(body, etag), getNotices, differencesOf);
    setBusy(false);
    if (!here.current && (failure ?? changed)) {
      return complain(failure ? failureText(failure) : noticeWords.conflictTitle);
    }
    if (failure) return refuse(failure);
    if (changed?.fresh.notices) return setTheirs(changed.fresh);
    if (changed) {
      accept(changed.fresh, null);
      return setWrong({ faults: {}, texts: [noticeWords.gone] });
    }
    if (used && secret.kind === 'generated') showSecret({ secret: used, of: t.notices.title });
    accept(data, { url: typed, enabled });
    announce(enabled ? noticeWords.saved : noticeWords.savedOff);
  };

  const send = (event: NoticeName) => {
    if (!judge()) return null;
    const isStored = notices?.url === typed;
    return testNotices({ event, ...(isStored ? {} : { url: typed }), ...(used ? { secret: used } : {}) });
  };

  return (
    <>
      <TestedForm onSubmit={() => void save(base)} onTest={() => setAsk(ask + 1)}>
        {theirs?.notices && (
          <Conflict
            key={theirs}
            title={noticeWords.conflictTitle}
            rows={rowsOf(theirs, typed, enabled, used && (secret.kind === 'own' ? t.form.own : t.form.generated))}
            onMine={() => void save(theirs)} onTheirs={() => accept(theirs, null)}
          />
        )}
        <Summary wrong={wrong} />
        <fieldset class="plain" disabled={!mayManage}>
          <Field name="url" label={noticeWords.url} hint={noticeWords.urlHint} error={wrong.faults.url}>
            {control => (
              <input
                {...control} type="url" inputMode="url" autoComplete="off" spellcheck={false} required value={url}
                placeholder="https://" onInput={event => setUrl(event.currentTarget.value)}
              />
            )}
          </Field>
          {notices ? (
            <label class="check">
              <input
                type="checkbox" checked={enabled} onChange={event => setEnabled(event.currentTarget.checked)}
              />
              <span>{noticeWords.enabled} <span class="hint">{noticeWords.enabledHint}</span></span>
            </label>
          ) : <SecretChoice secret={secret} error={wrong.faults.secret} busy={busy} onChange={setSecret} />}
        </fieldset>
        {can('recover') && (
          <div class="panel">
            <h2>{t.test.title}</h2>
            <TestPanel
              events={noticeNames} first="webhook.failing" hint={noticeWords.testHint} send={send} ask={ask}
              onRefused={refuse} version={JSON.stringify([typed, secretOf(secret), rotations])}
            />
          </div>
        )}
        {mayManage && (
          <div class="actions bar">
            <Button type="submit" kind="primary" changes busy={busy}>
              {busy ? t.form.saving : notices ? noticeWords.saveChanges : noticeWords.save}
            </Button>
          </div>
        )}
      </TestedForm>
      {notices && (
        <Secret
          stored={theirs ?? base}
          put={fresh => {
            setRotations(rotations + 1);
            rebase(fresh);
          }}
        />
      )}
      {notices && mayManage && (
        <Removal
          stored={theirs ?? base}
          put={fresh => {
            rebase(fresh);
            if (!fresh.notices) setUrl('');
          }}
        />
      )}
    </>
  );
}

interface Typed {
  readonly url: string;
  readonly enabled: boolean;
}

const secretText = (notices: StoredNotices['notices']): string =>
  notices?.secretCreatedAt ? madeAt(notices.secretCreatedAt) : '';

const sent = (enabled: boolean): string => enabled ? noticeWords.on : noticeWords.off;

// `secret` says which one was typed or made, if any was.
function rowsOf({ notices }: StoredNotices, url: string, enabled: boolean, secret: string | null) {
  const rows = [
    { title: noticeWords.url, first: notices!.url, second: url },
    { title: noticeWords.enabled, first: sent(notices!.enabled), second: sent(enabled) },
    ...(secret ? [{ title: t.form.secret, first: secretText(notices), second: secret }] : []),
  ];
  return rows.filter(({ first, second }) => first !== second);
}

function differencesOf(seen: StoredNotices, fresh: StoredNotices): Difference[] {
  const fields = ({ notices }: StoredNotices): Record<string, readonly [string, string]> => ({
    url: [noticeWords.url, notices?.url ?? ''],
    enabled: [noticeWords.enabled, notices ? sent(notices.enabled) : ''],
    secret: [t.form.secret, secretText(notices)],
  });
  const [before, now] = [fields(seen), fields(fresh)];
  return Object.entries(before).filter(([field, [, value]]) => now[field]![1] !== value)
    .map(([field, [title, value]]) => ({ field, title, before: value, now: now[field]![1] }));
}

function Secret({ stored, put }: Props) {
  const [open, setOpen] = useState(false);
  const { secretCreatedAt, earlierSecretsSignUntil } = stored.notices!;
  return (
    <section class="setting" aria-labelledby="secret-title">
      <h2 id="secret-title">{t.form.secret}</h2>
      <p>
        {secretCreatedAt ? <At text={t.settings.secretSince} at={secretCreatedAt} /> : noticeWords.signed}{' '}
        {earlierSecretsSignUntil.map(until => <At key={until} text={noticeWords.earlier} at={until} />)}
      </p>
      {can('manage') && (
        <div class="actions"><Button changes onClick={() => setOpen(true)}>{noticeWords.newSecret}</Button></div>
      )}
      {open && <NewSecret stored={stored} put={put} onClose={() => setOpen(false)} />}
    </section>
  );
}

function NewSecret({ stored, put, onClose }: Props & { onClose: () => void }) {
  const { act, busy, isLost, notes, seen } = useActing(stored, noticeWords.conflictTitle);
  // Made here, and the same at each try: by it the app knows a try whose answer was lost.
  const [secret] = useState(makeSecret);
  const isGone = seen.notices === null;
  const make = async (): Promise<void> => {
    const { data } = await act(() => changingSeen(
      seen, ({ notices, etag }) => putNotices(
        { url: notices!.url, enabled: notices!.enabled, generateSecret: false, secret }, etag),
      getNotices, differencesOf));
    if (!data) return;
    put(data);
    showSecret({ secret, of: t.notices.title, isNew: true, test: <StoredTest /> });
    onClose();
  };
  const close = async (): Promise<void> => {
    if (isGone) return put(seen);
    onClose();
    if (!isLost) return;
    const { data } = await getNotices();
    if (data) put(data);
  };
  return (
    <MakingSecret secret={secret} isLost={isLost} busy={busy} onMake={isGone ? null : make} onClose={close}>
      <p>{noticeWords.rotateText}</p>
      {notes}
    </MakingSecret>
  );
}

function StoredTest() {
  return (
    <TestPanel
      events={noticeNames} first="webhook.failing" hint={noticeWords.testHint} version="" ask={1}
      send={event => testNotices({ event })}
    />
  );
}

function Removal({ stored, put }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <section class="setting" aria-labelledby="remove-title">
      <h2 id="remove-title">{noticeWords.removeHeading}</h2>
      <div class="actions">
        <Button kind="danger" changes onClick={() => setOpen(true)}>{noticeWords.remove}</Button>
      </div>
      {open && <Removing stored={stored} put={put} onClose={() => setOpen(false)} />}
    </section>
  );
}

function Removing({ stored, put, onClose }: Props & { onClose: () => void }) {
  const { act, busy, notes, seen } = useActing(stored, noticeWords.conflictTitle);
  const remove = async (): Promise<void> => {
    const none = { notices: null, etag: null };
    const { data } = await act(() => changingSeen(seen, async ({ notices, etag }) => {
      const why = notices ? (await deleteNotices(etag!)).failure : undefined;
      return why && why.status !== 404 ? { failure: why } : { data: none, etag: null };
    }, getNotices, differencesOf));
    if (!data) return;
    announce(noticeWords.removed);
    put(data);
  };
  return (
    <Dialog
      title={noticeWords.removeTitle} busy={busy} onClose={onClose}
      actions={<>
        <Button busy={busy} onClick={onClose}>{t.failedEvents.keep}</Button>
        <Button kind="danger" changes busy={busy} onClick={remove}>{noticeWords.removeNow}</Button>
      </>}
    >
      <p>{noticeWords.removeText}</p>
      {notes}
    </Dialog>
  );
}
