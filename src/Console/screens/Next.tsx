import { t } from '../messages/language';
import { useWebhook } from '../overview';
import { Countdown } from '../parts/Time';

/** When the next attempt is made. Once it is late, a webhook that is paused says why. */
export function Next({ id, at, text }: { id: string; at: string; text: (left: string) => string }) {
  const isPaused = Boolean(useWebhook(id)?.pausedAt);
  return <Countdown to={at} text={text} over={isPaused ? t.activity.held : t.activity.nextNow} />;
}
