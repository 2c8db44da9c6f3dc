import { useEffect, useRef, useState } from 'preact/hooks';
import { listDeadLetters, type DeadLetter } from '../api/calls';
import { useResource } from '../api/resource';
import { eventText, sentTo } from '../explain';
import { full } from '../format';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { FailureNote, Skeleton } from '../parts/Loading';
import { Clock } from '../parts/Time';
import { filterOfGroup, type Group, type Look } from './groups';

type Pages = ReadonlyMap<string | null, readonly DeadLetter[]>;

/** The failed events of a group, page by page. */
export function Letters({ group, look, anew }: {
  group: Group; look: Look;
  /** With another number, the list begins anew. */
  anew: number;
}) {
  const [cursor, setCursor] = useState<string | null>(null);
  const [pages, setPages] = useState<Pages>(new Map());
  const { data, failure, loading, refresh } = useResource(
    JSON.stringify([group.key, look, cursor]), signal => listDeadLetters(filterOfGroup(group, look), cursor, signal));
  // A page that is loaded again takes its own place, and the first one begins the list anew.
  useEffect(() => {
    if (data) setPages(old => new Map([...(cursor === null ? [] : old), [cursor, data.items] as const]));
  }, [data]);
  const begun = useRef(anew);
  useEffect(() => {
    if (begun.current === anew) return;
    begun.current = anew;
    setCursor(null);
    refresh();
  }, [anew]);
  const letters = [...pages.values()].flat();
  return (
    <div class="letters">
      <ul class="rows">
        {letters.map(letter => (
          <li key={letter.sequenceNumber}>
            <span class="figures when"><Clock at={letter.failedAt} /></span>
            <span>{eventText(letter.event)}</span>
            <span class="quiet what">
              {letter.attempt ? t.failedEvents.attempts(letter.attempt) : letter.description}
            </span>
            {letter.subscriptionId && letter.deliveryId && (
              <a
                href={`${sentTo(letter.subscriptionId)}/d/${letter.deliveryId}?period=any`}
                aria-label={t.failedEvents.openAt(full(Date.parse(letter.failedAt)))}
              >
                {t.failedEvents.open}
              </a>
            )}
          </li>
        ))}
      </ul>
      {letters.length === 0 && loading && <Skeleton text={t.loading} kind="flat" count={2} />}
      {failure && <FailureNote title={t.failedEvents.failed} failure={failure} retry={refresh} />}
      {data?.nextCursor && (
        <Button small busy={loading} onClick={() => setCursor(data.nextCursor)}>{t.failedEvents.more}</Button>
      )}
    </div>
  );
}
