import { getParked, type Subscription } from '../api/calls';
import { useResource } from '../api/resource';
import { now } from '../clock';
import { t } from '../messages/language';
import { useLimits } from '../overview';
import { At } from './Time';

// Ten days: enough for a holiday to be over.
const near = 864_000_000;

/** Says when the oldest of the events that a paused webhook holds are deleted, once that is near. */
export function Discarded({ webhook: { id, pausedAt } }: { webhook: Pick<Subscription, 'id' | 'pausedAt'> }) {
  const days = useLimits()?.deadLetters.retentionDays;
  // Not before: the answer takes a look at all that is held.
  const isOld = pausedAt && days && Date.parse(pausedAt) + days * 86_400_000 < now() + near;
  const at = useResource(isOld ? `parked ${id}` : null, signal => getParked(id, signal)).data?.discardedAt;
  return at && Date.parse(at) < now() + near
    ? <p class="warn"><At text={t.settings.discarded} at={at} /></p> : null;
}
