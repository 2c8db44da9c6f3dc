import { announce } from './announce';
import { getSubscription, pause, resume, type Subscription } from './api/calls';
import type { Failure } from './api/client';
import { track } from './jobs';
import { t } from './messages/language';

/**
 * Pauses or resumes. When somebody else has changed the webhook meanwhile, tries once more with what is stored now:
 * such a change is about something else, or wanted the same.
 */
export async function setPaused(id: string, etag: string, paused: boolean): Promise<Failure | null> {
  const key = crypto.randomUUID();
  const attempt = (tag: string) => paused ? pause(id, tag) : resume(id, tag, key);
  let answer = await attempt(etag);
  if (answer.failure?.code === 'precondition_failed') {
    const fresh = await getSubscription(id);
    if (fresh.failure) return fresh.failure;
    if ((fresh.data.pausedAt !== null) === paused) return null;
    answer = await attempt(fresh.data.etag);
  }
  // The pause has ended all the same when the work could not be begun at once.
  if (!paused && (answer.failure?.status === 409 || answer.failure?.status === 422)) {
    announce(t.webhook.resumedLater);
    return null;
  }
  if (answer.failure) return answer.failure;
  if (paused) announce(t.webhook.paused);
  else track(answer.data as Exclude<typeof answer.data, Subscription>);
  if (!paused) announce(t.webhook.resumed);
  return null;
}
