import { listDeadLetters } from '../api/calls';
import { usePages } from '../api/pages';
import { eventText, sentTo } from '../explain';
import { full } from '../format';
import { failedWords, t } from '../messages/language';
import { useDeleted } from '../overview';
import { Button } from '../parts/Button';
import { FailureNote, Skeleton } from '../parts/Loading';
import { Clock } from '../parts/Time';
import { address, route } from '../route';
import { filterOfGroup, type Group, type Look } from './groups';

/** The failed events of a group, page by page. */
export function Letters({ group, look, anew }: {
  group: Group; look: Look;
  /** With another number, the list begins anew. */
  anew: number;
}) {
  const { items, failure, loading, refresh, more } = usePages(
    JSON.stringify([group.key, look]), (cursor, signal) => listDeadLetters(filterOfGroup(group, look), cursor, signal),
    anew);
  const isDeleted = useDeleted();
  const query = new URLSearchParams({ period: 'any', back: address(route.value) });
  return (
    <div class="letters">
      <ul class="rows">
        {items.map(letter => (
          <li key={letter.sequenceNumber}>
            <span class="figures when"><Clock at={letter.failedAt} /></span>
            <span>{eventText(letter.event)}</span>
            <span class="quiet what" lang={letter.attempt ? undefined : 'en'}>
              {letter.attempt ? t.failedEvents.attempts(letter.attempt) : letter.description}
            </span>
            {letter.subscriptionId && letter.deliveryId && !isDeleted(letter.subscriptionId) && (
              <a
                href={`${sentTo(letter.subscriptionId)}/d/${letter.deliveryId}?${query}`}
                aria-label={failedWords.openAt(full(Date.parse(letter.failedAt)))}
              >
                {t.failedEvents.open}
              </a>
            )}
          </li>
        ))}
      </ul>
      {items.length === 0 && loading && <Skeleton text={t.loading} kind="flat" count={2} />}
      {failure && <FailureNote title={t.failedEvents.failed} failure={failure} retry={refresh} />}
      {more && <Button small busy={loading} onClick={more}>{failedWords.more}</Button>}
    </div>
  );
}
