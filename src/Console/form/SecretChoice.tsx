import { useState } from 'preact/hooks';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { Copy } from '../parts/Copy';
import { Field } from '../parts/Field';
import { makeSecret } from './draft';

/** Which secret a new webhook signs with. It lives here only, and leaving the form forgets it. */
interface SecretDraft {
  readonly kind: 'generated' | 'own' | 'none';
  readonly generated: string;
  readonly own: string;
}

export const newSecret = (): SecretDraft => ({ kind: 'generated', generated: makeSecret(), own: '' });

/** The secret that signs; null for none. */
export const secretOf = ({ kind, generated, own }: SecretDraft): string | null =>
  kind === 'generated' ? generated : kind === 'own' ? own.trim() : null;

/** Generate one, bring one, or none. */
export function SecretChoice({ secret, error, onChange, busy, mayBeNone }: {
  secret: SecretDraft;
  error: string | undefined;
  onChange: (secret: SecretDraft) => void;
  /** While it is being saved, there is no other one: it cannot be changed in the settings, only replaced. */
  busy: boolean;
  mayBeNone?: boolean;
}) {
  const all = [['generated', t.form.generate], ['own', t.form.ownSecret], ['none', t.form.noSecret]] as const;
  const kinds = all.filter(([kind]) => kind !== 'none' || mayBeNone);
  return (
    <fieldset disabled={busy}>
      <legend>{t.form.secret}</legend>
      <p class="hint">{t.form.secretHint}</p>
      <div class="choices">
        {kinds.map(([kind, text]) => (
          <label key={kind} class="check">
            <input type="radio" name="secret-kind" checked={secret.kind === kind}
              onChange={() => onChange({ ...secret, kind })} />
            <span>{text}</span>
          </label>
        ))}
      </div>
      {secret.kind === 'generated' && <SecretText secret={secret.generated} error={error} />}
      {secret.kind === 'own' && (
        <OwnSecret value={secret.own} error={error} onChange={own => onChange({ ...secret, own })} />
      )}
      {secret.kind === 'none' && <p class="note warn">{t.form.noneWarning}</p>}
    </fieldset>
  );
}

/** A secret to be copied: it is selected when it gets the focus. */
export function SecretText({ secret, error, name = 'secret' }: {
  secret: string;
  error?: string | undefined;
  /** The id of the field: another one where it is beside the form's. */
  name?: string;
}) {
  return (
    <Field name={name} label={t.form.generated} hint={t.form.generatedHint} error={error}>
      {control => (
        <div class="with-button">
          <input
            {...control} class="mono" type="text" readOnly autoComplete="off" spellcheck={false} value={secret}
            onFocus={event => event.currentTarget.select()}
          />
          <Copy text={secret} what={t.form.secret} />
        </div>
      )}
    </Field>
  );
}

function OwnSecret({ value, error, onChange }: {
  value: string; error: string | undefined; onChange: (value: string) => void;
}) {
  const [shown, setShown] = useState(false);
  return (
    <Field name="secret" label={t.form.own} hint={t.form.ownHint} error={error}>
      {control => (
        <div class="with-button">
          <input
            {...control} {...(shown ? { type: 'text' } : { type: 'password' })} class="mono" autoComplete="off"
            spellcheck={false} value={value} onInput={event => onChange(event.currentTarget.value)}
          />
          <Button small kind="quiet" onClick={() => setShown(!shown)}>{shown ? t.form.hide : t.form.reveal}</Button>
        </div>
      )}
    </Field>
  );
}
