import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** What a control is given so that its label, hint and error belong to it. */
interface Control {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': 'true' | undefined;
}

/** A labelled control with a hint and an error. */
export function Field({ name, label, hint, error, children }: {
  /** The id of the control, to which the summary of errors links. */
  name: string;
  label: string;
  hint?: ComponentChildren;
  error?: string | null | undefined;
  children: (control: Control) => ComponentChildren;
}) {
  const id = useId();
  const described = [hint ? `${id}h` : '', error ? `${id}e` : ''].filter(Boolean).join(' ') || undefined;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {children({ id: name, 'aria-describedby': described, 'aria-invalid': error ? 'true' : undefined })}
      {hint && <p class="hint" id={`${id}h`}>{hint}</p>}
      {error && <FieldError id={`${id}e`} text={error} />}
    </div>
  );
}

/** What is wrong with a field. */
export function FieldError({ id, text }: { id?: string; text: string }) {
  return <p class="error" {...(id ? { id } : {})}><span aria-hidden="true">✗ </span>{text}</p>;
}

/** A list to choose one from. */
export function Select<T extends string>({ label, value, options, onChange }: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}) {
  return (
    <label class="select">
      <span>{label}</span>
      <select value={value} onChange={event => onChange(event.currentTarget.value as T)}>
        {options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
      </select>
    </label>
  );
}
