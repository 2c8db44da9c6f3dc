import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { eventNames, eventText } from '../explain';
import { t } from '../messages/language';
import { useLimits } from '../overview';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Field, FieldError } from '../parts/Field';
import { Guide, WithGuides } from '../parts/Guide';
import { can } from '../session';
import { headerField, headerRow, type Draft, type Faults, type HeaderRow, type Wrong } from './draft';

interface Props {
  readonly draft: Draft;
  readonly faults: Faults;
  readonly onChange: (draft: Draft) => void;
}

/** Name, URL, events and headers of a webhook. */
export function Fields({ draft, faults, onChange, children }: Props & { children?: ComponentChildren }) {
  return (
    <>
      <Field name="name" label={t.form.name} hint={t.form.nameHint} error={faults.name}>
        {control => (
          <input
            {...control} type="text" autoComplete="off" value={draft.name}
            onInput={event => onChange({ ...draft, name: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field name="url" label={t.form.url} hint={t.form.urlHint} error={faults.url}>
        {control => (
          <input
            {...control} type="url" inputMode="url" autoComplete="off" spellcheck={false} required value={draft.url}
            placeholder="https://" onInput={event => onChange({ ...draft, url: event.currentTarget.value })}
          />
        )}
      </Field>
      <details class="help">
        <summary>{t.form.whereUrl}</summary>
        <p>{t.form.whereUrlText}</p>
        {can('manage') && <Guides />}
      </details>
      <Events draft={draft} faults={faults} onChange={onChange} />
      {children}
      <Headers draft={draft} faults={faults} onChange={onChange} />
    </>
  );
}

// Over the form: what was typed in it stays, and so does the session, which a new tab would not have.
function Guides() {
  const [open, setOpen] = useState(false);
  const [tool, setTool] = useState<string | null>(null);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button small onClick={() => setOpen(true)}>{t.form.howTo}</Button>
      {open && (
        <Dialog title={t.form.howTo} onClose={close} actions={<Button onClick={close}>{t.close}</Button>}>
          <WithGuides>{guides => <Guide guides={guides} tool={tool} onChange={setTool} />}</WithGuides>
        </Dialog>
      )}
    </>
  );
}

function Events({ draft, faults, onChange }: Props) {
  const toggle = (name: typeof eventNames[number], on: boolean): void => {
    const events = eventNames.filter(one => one === name ? on : draft.events.includes(one));
    onChange({ ...draft, events, later: draft.later && events.length === eventNames.length });
  };
  const isAll = draft.events.length === eventNames.length;
  return (
    <fieldset id="events" tabIndex={-1} aria-describedby={faults.events ? 'events-error' : undefined}>
      <legend>{t.form.events}</legend>
      {eventNames.map(name => (
        <label key={name} class="check">
          <input
            type="checkbox" checked={draft.events.includes(name)}
            onChange={event => toggle(name, event.currentTarget.checked)}
          />
          <span>{eventText(name)} <code class="quiet">{name}</code></span>
        </label>
      ))}
      <label class="check">
        <input
          type="checkbox" checked={draft.later} disabled={!isAll}
          onChange={event => onChange({ ...draft, later: event.currentTarget.checked })}
        />
        <span>{t.form.later} {!isAll && <span class="hint">{t.form.laterHint}</span>}</span>
      </label>
      {faults.events && <FieldError id="events-error" text={faults.events} />}
    </fieldset>
  );
}

function Headers({ draft, faults, onChange }: Props) {
  const { headers } = draft;
  const most = useLimits()?.subscriptions.maxHeaders;
  const put = (row: HeaderRow): void =>
    onChange({ ...draft, headers: headers.map(old => old.key === row.key ? row : old) });
  return (
    <details class="help" open={headers.length > 0 || faults.headers !== undefined}>
      <summary id="headers" aria-describedby={faults.headers ? 'headers-error' : undefined}>{t.form.headers}</summary>
      <p class="hint">{t.form.headersHint}</p>
      {headers.map(row => (
        <div key={row.key} class="header-row">
          <HeaderInput
            part="name" row={row} faults={faults} label={t.form.headerName} hint={t.form.headerName}
            onInput={name => put({ ...row, name })}
          />
          {row.value === null ? <span class="quiet stored">{t.form.stored}</span> : (
            <HeaderInput
              part="value" row={row} faults={faults} label={t.form.headerOf(row.name)} hint={t.form.headerValue}
              onInput={value => put({ ...row, value })}
            />
          )}
          {row.value === null && (
            <Button small label={t.form.replaceHeader(row.name)} onClick={() => put({ ...row, value: '' })}>
              {t.form.replace}
            </Button>
          )}
          <Button
            small kind="quiet" label={t.form.removeHeader(row.name)}
            onClick={() => onChange({ ...draft, headers: headers.filter(old => old.key !== row.key) })}
          >
            {t.form.remove}
          </Button>
          {(['name', 'value'] as const).map(part => headerField(part, row)).map(id => {
            const fault = faults[id];
            return fault && <FieldError key={id} id={`${id}-error`} text={fault} />;
          })}
        </div>
      ))}
      {faults.headers && <FieldError id="headers-error" text={faults.headers} />}
      {(most === undefined || headers.length < most) && (
        <Button small onClick={() => onChange({ ...draft, headers: [...headers, headerRow('', '')] })}>
          {t.form.addHeader}
        </Button>
      )}
    </details>
  );
}

function HeaderInput({ part, row, faults, label, hint, onInput }: {
  part: 'name' | 'value'; row: HeaderRow; faults: Faults; label: string; hint: string; onInput: (text: string) => void;
}) {
  const id = headerField(part, row);
  const isFaulty = faults[id] !== undefined;
  return (
    <input
      id={id} type="text" aria-label={label} placeholder={hint} autoComplete="off" spellcheck={false}
      value={row[part] ?? ''} readOnly={row.value === null} aria-invalid={isFaulty ? 'true' : undefined}
      aria-describedby={isFaulty ? `${id}-error` : undefined} onInput={event => onInput(event.currentTarget.value)}
    />
  );
}

/** What is wrong, on top of the form: takes the focus at each try, and links to the fields. */
export function Summary({ wrong }: { wrong: Wrong }) {
  const box = useRef<HTMLDivElement>(null);
  const { texts } = wrong;
  const fields = Object.entries(wrong.faults);
  const isShown = fields.length + texts.length > 0;
  useEffect(() => { if (isShown) box.current!.focus(); }, [wrong]);
  if (!isShown) return null;
  return (
    <div class="note bad" ref={box} tabIndex={-1} role="alert">
      <p><strong>{fields.length > 0 ? t.form.check : t.notDone}</strong></p>
      <ul>
        {fields.map(([name, text]) => (
          <li key={name}>
            <a
              href={`#${name}`}
              onClick={event => {
                event.preventDefault();
                const field = document.getElementById(name);
                // What is folded away takes no focus.
                const folded = field?.closest('details');
                if (folded) folded.open = true;
                field?.focus();
              }}
            >
              {text}
            </a>
          </li>
        ))}
        {texts.map(text => <li key={text}>{text}</li>)}
      </ul>
    </div>
  );
}
