import { useEffect, useId, useRef } from 'preact/hooks';
import type { Changed } from '../changing';
import { t } from '../messages/language';
import { Button } from '../parts/Button';

/** A field in a comparison: its name for people, and a value in each column. */
interface Compared {
  readonly title: string;
  readonly first: string;
  readonly second: string;
}

/** Somebody else changed what is in the form: what is stored now beside what was typed, and which to keep. */
export function Conflict({ title, rows, onMine, onTheirs }: {
  title: string;
  /** First what is stored now, then what was typed; none when it looks the same. */
  rows: readonly Compared[];
  onMine: () => void;
  onTheirs: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current!.focus(), []);
  const id = useId();
  return (
    <section class="note warn" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>{title}</h2>
      <p>{rows.length > 0 ? t.settings.conflictText : t.settings.conflictNone}</p>
      {rows.length > 0 && <Comparison heads={[t.settings.theirs, t.settings.mine]} rows={rows} />}
      <div class="actions">
        <Button changes onClick={onMine}>{t.settings.useMine}</Button>
        <Button onClick={onTheirs}>{t.settings.takeTheirs}</Button>
      </div>
    </section>
  );
}

/** What somebody else has changed since the person looked, before it is asked again whether to go on. */
export function ChangedNote({ changed, title }: {
  changed: Pick<Changed, 'differences'>;
  /** That somebody else changed it, where no heading says so. */
  title?: string;
}) {
  const rows = changed.differences.map(({ title, before, now }) => ({ title, first: before, second: now }));
  return (
    <div class="note warn" role="alert">
      {title && <p><strong>{title}</strong></p>}
      <p>{t.settings.changedText}</p>
      <Comparison heads={[t.settings.before, t.settings.theirs]} rows={rows} />
    </div>
  );
}

function Comparison({ heads, rows }: { heads: readonly [string, string]; rows: readonly Compared[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t.settings.compared}>
      <table class="comparison">
        <thead>
          <tr>
            <th scope="col">{t.settings.field}</th><th scope="col">{heads[0]}</th><th scope="col">{heads[1]}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ title, first, second }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td class="break" data-head={heads[0]}>{first || t.none}</td>
              <td class="break" data-head={heads[1]}>{second || t.none}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
