import { announce } from './announce';
import { pause, resume, type Job, type Subscription } from './api/calls';
import { changing, type Known, type Outcome } from './changing';
import { track } from './jobs';
import { t } from './messages/language';

/** Pauses or resumes, and says so. What is so already is done, whoever did it. */
export async function setPaused(seen: Known, paused: boolean): Promise<Outcome<null>> {
  const key = crypto.randomUUID();
  const { data, failure, changed } = await changing<Subscription | Job>(
    seen, etag => paused ? pause(seen.id, etag) : resume(seen.id, etag, key),
    fresh => (fresh.pausedAt !== null) === paused ? fresh : null);
  if (changed) return { changed };
  // The pause has ended all the same when the work could not be begun at once.
  const isLater = !paused && failure?.status === 409;
  if (!isLater && failure) return { failure };
  if (data && 'kind' in data) track(data);
  announce(paused ? `${t.states.paused}. ${t.settings.pauseHint}`
    : isLater ? t.webhook.resumedLater : t.webhook.resumed);
  return { data: null };
}
