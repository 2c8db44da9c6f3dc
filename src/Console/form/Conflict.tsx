import { useEffect, useRef } from 'preact/hooks';
import type { Changes, Subscription } from '../api/calls';
import { eventNames, eventText } from '../explain';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { eventsOf, type Draft } from './draft';

const fields = ['name', 'url', 'events', 'headers'] as const;

/** Somebody else changed the webhook meanwhile: what is stored now beside what was typed, and which to keep. */
export function Conflict({ base, theirs, draft, changes, onMine, onTheirs }: {
  base: Subscription;
  theirs: Subscription;
  draft: Draft;
  changes: Changes;
  onMine: () => void;
  onTheirs: (fields: readonly (keyof Changes)[]) => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current!.focus(), []);
  const titles = { name: t.form.name, url: t.form.url, events: t.form.events, headers: t.form.headers };
  const conflicting = fields.filter(field => changes[field] !== undefined || text(base, field) !== text(theirs, field));
  return (
    <section class="note warn" aria-labelledby="conflict">
      <h2 id="conflict" ref={heading} tabIndex={-1}>{t.settings.conflictTitle}</h2>
      <p>{conflicting.length > 0 ? t.settings.conflictText : t.settings.conflictNone}</p>
      {conflicting.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={t.settings.conflictText}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.settings.field}</th><th scope="col">{t.settings.theirs}</th>
                <th scope="col">{t.settings.mine}</th>
              </tr>
            </thead>
            <tbody>
              {conflicting.map(field => (
                <tr key={field}>
                  <th scope="row">{titles[field]}</th>
                  <td class="break">{text(theirs, field) || t.none}</td>
                  <td class="break">
                    {changes[field] === undefined ? t.settings.notMine : typed(draft, field) || t.none}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div class="actions">
        <Button changes onClick={onMine}>{t.settings.useMine}</Button>
        <Button onClick={() => onTheirs(conflicting)}>{t.settings.takeTheirs}</Button>
      </div>
    </section>
  );
}

const events = (names: readonly string[]): string =>
  (names.includes('*') ? [...eventNames, t.form.later] : names).map(eventText).join(', ');

function text(stored: Subscription, field: typeof fields[number]): string {
  switch (field) {
    case 'name': return stored.name ?? '';
    case 'url': return stored.url;
    case 'events': return events(stored.events);
    case 'headers': return stored.headerNames.join(', ');
  }
}

function typed(draft: Draft, field: typeof fields[number]): string {
  switch (field) {
    case 'name': return draft.name;
    case 'url': return draft.url;
    case 'events': return events(eventsOf(draft));
    case 'headers': return draft.headers.map(({ name }) => name).join(', ');
  }
}
