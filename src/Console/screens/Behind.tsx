import { t } from '../messages/language';
import { At } from '../parts/Time';

/** Says that what failed lately is not among what is shown or counted; see `behindOf`. */
export function Behind({ time }: { time: number | null }) {
  if (time === null) return null;
  return (
    <div class="note warn">
      <p>{Number.isNaN(time) ? t.failedEvents.uncounted : <At text={t.failedEvents.counted} at={time} />}</p>
    </div>
  );
}
