import { useEffect, useRef, useState } from 'preact/hooks';
import { announce, complain } from '../announce';
import { createSubscription, testWebhook, type EventName } from '../api/calls';
import type { Failure } from '../api/client';
import { eventNames, failureText } from '../explain';
import {
  draftOf, eventsOf, faultsOf, keepTyped, nothingWrong, testFaultsOf, typedHeaders, wrongOf, type Wrong,
} from '../form/draft';
import { Fields, Summary } from '../form/Fields';
import { newSecret, SecretChoice, secretOf } from '../form/SecretChoice';
import { TestedForm } from '../form/TestedForm';
import { TestPanel } from '../form/TestPanel';
import { t } from '../messages/language';
import { nameOf, useOverview } from '../overview';
import { Button } from '../parts/Button';
import { Copy } from '../parts/Copy';
import { Dialog } from '../parts/Dialog';
import { Crumb, Heading } from '../parts/Frame';
import { useHere } from '../parts/here';
import { go, unsaved } from '../route';
import { can, mayOnlyLook } from '../session';
import { showSecret } from '../uncopied';

/** S2: a new webhook. */
export function NewWebhook() {
  // What was typed stays, also when the session goes on with fewer rights.
  const may = useRef(false);
  may.current ||= can('manage');
  return (
    <>
      <Crumb to="/">{t.webhooks}</Crumb>
      <Heading title={t.form.newTitle} />
      {may.current ? <Form /> : !mayOnlyLook.value && <p class="note">{t.errors.forbidden}</p>}
    </>
  );
}

function Form() {
  const [draft, setDraft] = useState(() => draftOf(null));
  const [secret, setSecret] = useState(newSecret);
  const [wrong, setWrong] = useState<Wrong>(nothingWrong);
  const [busy, setBusy] = useState(false);
  const [tested, setTested] = useState<string | null>(null);
  const [ask, setAsk] = useState(0);
  const [isLost, setLost] = useState(false);
  const [isMadeBefore, setMadeBefore] = useState(false);
  // One for the form: asking again after a lost answer makes no second webhook.
  const key = useRef(crypto.randomUUID());
  const overview = useOverview();

  // How it is when an answer comes: the person goes on typing, or leaves, until then.
  const here = useHere();
  const latest = useRef(draft);
  latest.current = draft;
  useEffect(() => () => { unsaved.value = false; }, []);
  const change = <T,>(set: (value: T) => void) => (value: T): void => {
    unsaved.value = true;
    set(value);
  };

  const used = secretOf(secret);
  const version = JSON.stringify([draft.url.trim(), typedHeaders(draft), used]);

  const send = (event: EventName) => {
    const faults = testFaultsOf(draft);
    setWrong({ faults, texts: [] });
    if (Object.keys(faults).length > 0) return null;
    return testWebhook({ url: draft.url.trim(), event, secret: used, headers: typedHeaders(draft) });
  };

  const refuse = (failure: Failure): void => setWrong(wrongOf(failure, t.form.lostAnswer, draft.headers));

  const save = async (): Promise<void> => {
    const faults = faultsOf(draft, null);
    if (secret.kind === 'own' && !used) faults.secret = t.form.noOwnSecret;
    setWrong({ faults, texts: [] });
    if (Object.keys(faults).length > 0 || busy) return;
    setBusy(true);
    const { data, failure } = await createSubscription({
      name: draft.name.trim() || null, url: draft.url.trim(), events: eventsOf(draft), headers: typedHeaders(draft),
      secret: used,
    }, key.current);
    const isHere = here.current;
    if (failure && !isHere) return complain(failureText(failure));
    setBusy(false);
    setLost(failure?.status === 0);
    if (failure?.code === 'idempotency_key_used') {
      // Who is told so, and saves again, wants a second one.
      key.current = crypto.randomUUID();
      overview.refresh();
      return setMadeBefore(true);
    }
    if (failure) return refuse(failure);
    overview.refresh();
    const isTyped = isHere && latest.current !== draft;
    if (isTyped) keepTyped({ id: data.id, draft: latest.current, from: draft });
    if (isHere) unsaved.value = false;
    const next = isHere ? `/w/${data.id}${isTyped ? '/settings' : ''}` : null;
    if (used && secret.kind === 'generated') showSecret({ secret: used, of: nameOf(data), next });
    else if (next !== null) go(next);
    else announce(t.form.madeBeforeTitle);
  };

  return (
    <>
      <TestedForm onSubmit={() => void save()} onTest={() => setAsk(ask + 1)}>
        <Summary wrong={wrong} />
        <Fields draft={draft} faults={wrong.faults} onChange={change(setDraft)}>
          <SecretChoice
            mayBeNone secret={secret} error={wrong.faults.secret} busy={busy} onChange={change(setSecret)}
          />
        </Fields>
        {can('recover') && (
          <div class="panel">
            <h2>{t.test.title}</h2>
            <TestPanel
              events={eventNames} first="visitor.checked_in" hint={t.test.hint} send={send} version={version} ask={ask}
              onRefused={refuse} onResult={ok => setTested(ok ? version : null)}
            />
          </div>
        )}
        <div class="actions bar">
          <Button type="submit" kind="primary" changes busy={busy}>
            {busy ? t.form.saving : isLost ? t.tryAgain : t.form.save}
          </Button>
          <a class="button" href="#/">{t.cancel}</a>
          {can('recover') && tested !== version && <span class="hint">{t.form.notTested}</span>}
        </div>
      </TestedForm>
      {isMadeBefore && (
        <Dialog
          title={t.form.madeBeforeTitle} onClose={() => setMadeBefore(false)}
          actions={<>
            {secret.kind === 'generated' && (
              <Copy text={secret.generated} what={t.form.secret}>{t.form.copySecret}</Copy>
            )}
            <Button onClick={() => setMadeBefore(false)}>{t.close}</Button>
            <Button kind="primary" onClick={() => go('/')}>{t.webhook.allWebhooks}</Button>
          </>}
        >
          <p>{t.form.madeBefore}</p>
          {secret.kind === 'generated' && <p>{t.form.madeBeforeSecret}</p>}
        </Dialog>
      )}
    </>
  );
}
