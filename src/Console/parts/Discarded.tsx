import { getParked, type Subscription } from '../api/calls';
import { useResource } from '../api/resource';
import { now } from '../clock';
import { t } from '../messages/language';
import { At } from './Time';

// Ten days: enough for a holiday to be over.
const near = 864_000_000;

/** Says when the oldest of the events that a paused webhook holds are deleted, once that is near. */
export function Discarded({ webhook: { id, pausedAt } }: { webhook: Pick<Subscription, 'id' | 'pausedAt'> }) {
  const at = useResource(pausedAt && `parked ${id}`, signal => getParked(id, signal)).data?.discardedAt;
  return at && Date.parse(at) < now() + near
    ? <p class="warn"><At text={t.settings.discarded} at={at} /></p> : null;
}
