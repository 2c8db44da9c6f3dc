import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../announce';
import { createSubscription, testWebhook, type EventName, type Subscription } from '../api/calls';
import type { Failure } from '../api/client';
import { eventNames, failureText } from '../explain';
import { draftOf, eventsOf, faultsOf, serverFaults, typedHeaders, urlFault, type Faults } from '../form/draft';
import { Fields, Summary } from '../form/Fields';
import { newSecret, SecretChoice, secretOf } from '../form/SecretChoice';
import { TestedForm } from '../form/TestedForm';
import { TestPanel } from '../form/TestPanel';
import { t } from '../messages/language';
import { useOverview } from '../overview';
import { Button } from '../parts/Button';
import { Copy } from '../parts/Copy';
import { Dialog } from '../parts/Dialog';
import { Crumb, Heading } from '../parts/Frame';
import { go, unsaved } from '../route';

/** S2: a new webhook. */
export function NewWebhook() {
  const [draft, setDraft] = useState(() => draftOf(null));
  const [secret, setSecret] = useState(newSecret);
  const [faults, setFaults] = useState<Faults>({});
  const [texts, setTexts] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [tested, setTested] = useState<string | null>(null);
  const [saved, setSaved] = useState<Subscription | null>(null);
  const [ask, setAsk] = useState(0);
  const [isLost, setLost] = useState(false);
  // One for the form: asking again after a lost answer makes no second webhook.
  const key = useRef(crypto.randomUUID());
  const overview = useOverview();

  useEffect(() => () => { unsaved.value = false; }, []);
  const change = <T,>(set: (value: T) => void) => (value: T): void => {
    unsaved.value = true;
    set(value);
  };

  const used = secretOf(secret);
  const version = JSON.stringify([draft.url.trim(), typedHeaders(draft), used]);

  const send = (event: EventName) => {
    const fault = urlFault(draft.url.trim());
    setFaults(fault ? { url: fault } : {});
    setTexts([]);
    if (fault) return null;
    const sent = testWebhook({ url: draft.url.trim(), event, secret: used, headers: typedHeaders(draft) });
    void sent.then(({ failure }) => { if (failure?.status === 400) refuse(failure); });
    return sent;
  };

  const refuse = (failure: Failure): void => {
    const { faults: found, rest } = serverFaults(failure.errors);
    setFaults(found);
    const isNamed = Object.keys(found).length + rest.length > 0;
    setTexts(isNamed ? rest : [failure.status === 0 ? t.form.lostAnswer : failureText(failure)]);
    setLost(failure.status === 0);
  };

  const save = async (): Promise<void> => {
    const found = faultsOf(draft);
    if (secret.kind === 'own' && !used) found.secret = t.form.noOwnSecret;
    setFaults(found);
    setTexts([]);
    if (Object.keys(found).length > 0 || busy) return;
    setBusy(true);
    const { data, failure } = await createSubscription({
      name: draft.name.trim() || null, url: draft.url.trim(), events: eventsOf(draft), headers: typedHeaders(draft),
      secret: used,
    }, key.current);
    setBusy(false);
    if (failure) return refuse(failure);
    unsaved.value = false;
    overview.refresh();
    if (data.warning && secret.kind !== 'none') announce(data.warning);
    if (secret.kind === 'generated') setSaved(data);
    else go(`/w/${data.id}`);
  };

  const leave = (): void => go(`/w/${saved!.id}`);
  return (
    <>
      <Crumb to="/">{t.webhooks}</Crumb>
      <Heading title={t.form.newTitle} />
      <TestedForm onSubmit={() => void save()} onTest={() => setAsk(ask + 1)}>
        <Summary faults={faults} texts={texts} />
        <Fields draft={draft} faults={faults} onChange={change(setDraft)}>
          <SecretChoice mayBeNone secret={secret} error={faults.secret} onChange={change(setSecret)} />
        </Fields>
        <div class="panel">
          <h2>{t.test.title}</h2>
          <TestPanel
            events={eventNames} first="visitor.checked_in" hint={t.test.hint} send={send} version={version} ask={ask}
            onResult={ok => setTested(ok ? version : null)}
          />
        </div>
        <div class="actions bar">
          <Button type="submit" kind="primary" changes busy={busy}>
            {busy ? t.form.saving : isLost ? t.tryAgain : t.form.save}
          </Button>
          <a class="button" href="#/">{t.cancel}</a>
          {tested !== version && <span class="hint">{t.form.notTested}</span>}
        </div>
      </TestedForm>
      {saved && (
        <Dialog
          title={t.form.copiedTitle} onClose={leave}
          actions={<>
            <Copy text={secret.generated} what={t.form.secret} kind="primary">{t.form.copySecret}</Copy>
            <Button onClick={leave}>{t.done}</Button>
          </>}
        >
          <p>{t.form.copiedText}</p>
        </Dialog>
      )}
    </>
  );
}
