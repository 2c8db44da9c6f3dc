import { call, type Answer, type Schemas } from './client';

/** Every operation that the page uses: what it can do, a script can. */
type Get<T> = Promise<Answer<T>>;

export type Subscription = Schemas['Subscription'];
export type Overview = Schemas['Overview'];
export type SubscriptionOverview = Schemas['SubscriptionOverview'];
export type Attempt = Schemas['Attempt'];
export type AttemptPage = Schemas['AttemptPage'];
export type Delivery = Schemas['Delivery'];
export type DeadLetterGroup = Schemas['DeadLetterGroup'];
export type Job = Schemas['Job'];
export type TestExchange = Schemas['TestExchange'];
export type EventName = Schemas['EventName'];
export type NoticeName = Schemas['NoticeName'];
type Notices = Schemas['Notices'];

/** Who looks, and what they may do. */
export interface Session {
  readonly tenant: string;
  readonly actor: string;
  readonly rights: readonly Right[];
  readonly expiresAt: string;
  readonly returnUrl: string | null;
  readonly signedInBy: 'token' | 'account';
}

export type Right = 'view' | 'manage' | 'recover' | 'erase';

/** Which dead letters: what is counted with it is what is acted upon with it. */
export type Filter = Schemas['DeadLetterRequest'];

/** Changes of a subscription: what is left out stays as it is, null removes, headers are merged. */
export interface Changes {
  readonly name?: string | null;
  readonly url?: string;
  readonly events?: string[];
  readonly headers?: Record<string, string | null>;
}

const of = (id: string): string => `/subscriptions/${encodeURIComponent(id)}`;

// The queries call the subscription by another name than the requests do.
const asQuery = ({ subscriptionId, all: _, ...rest }: Filter) => ({ ...rest, subscription: subscriptionId });

const letter = (place: { queue: string; sequenceNumber: string }): string =>
  `/dead-letters/${place.queue}/${place.sequenceNumber}`;

/** The session of a token, or else the one at hand. */
export const getSession = (token?: string): Get<Session> =>
  call('GET', '/session', { once: true, ...(token ? { token } : {}) });

export const makeLocalSession = (tenant: string): Get<{ token: string }> =>
  call('POST', '/local-session', { body: { tenant }, once: true });

export const getOverview = (signal: AbortSignal): Get<Overview> => call('GET', '/overview', { signal });

/** The same while it is not known whether there is a session. */
export const getOverviewOnce = (): Get<Overview> => call('GET', '/overview', { once: true });

export const getLimits = (signal: AbortSignal): Get<Schemas['Limits']> => call('GET', '/limits', { signal });

export const getEvents = (signal: AbortSignal): Get<Schemas['EventCatalogue']> => call('GET', '/events', { signal });

export const explain = (event: EventName): Get<Schemas['Explanation']> => call('GET', '/explain', { query: { event } });

export const getSubscription = (id: string, signal?: AbortSignal): Get<Subscription> =>
  call('GET', of(id), signal ? { signal } : {});

export const createSubscription = (
  body: Schemas['SubscriptionRequest'], idempotencyKey: string): Get<Subscription> =>
  call('POST', '/subscriptions', { body, idempotencyKey });

export const patchSubscription = (id: string, ifMatch: string, body: Changes): Get<Subscription> =>
  call('PATCH', of(id), { body, ifMatch });

export const deleteSubscription = (id: string, ifMatch: string): Get<undefined> =>
  call('DELETE', of(id), { ifMatch });

export const pause = (id: string, ifMatch: string): Get<Subscription> =>
  call('POST', `${of(id)}/pause`, { ifMatch });

export const resume = (id: string, ifMatch: string, idempotencyKey: string): Get<Job> =>
  call('POST', `${of(id)}/resume`, { ifMatch, idempotencyKey });

export const rotateSecret = (
  id: string, ifMatch: string, body: Schemas['RotationRequest']): Get<Subscription> =>
  call('POST', `${of(id)}/secret/rotate`, { ifMatch, body });

export const removeSecret = (id: string, ifMatch: string): Get<Subscription> =>
  call('DELETE', `${of(id)}/secret`, { ifMatch });

export const getParked = (id: string, signal?: AbortSignal): Get<Schemas['Parked']> =>
  call('GET', `${of(id)}/parked`, signal ? { signal } : {});

export const listAttempts = (
  id: string,
  query: { outcome?: string; waiting?: true; from?: string; to?: string; cursor?: string; limit: number },
  signal?: AbortSignal): Get<AttemptPage> =>
  call('GET', `${of(id)}/attempts`, signal ? { query, signal } : { query });

export const getDelivery = (id: string, deliveryId: string, signal: AbortSignal): Get<Delivery> =>
  call('GET', `${of(id)}/deliveries/${encodeURIComponent(deliveryId)}`, { signal });

export const testWebhook = (body: Schemas['TestRequest']): Get<TestExchange> =>
  call('POST', '/test-webhook', { body });

export const testSubscription = (id: string, body: Schemas['StoredTestRequest']): Get<TestExchange> =>
  call('POST', `${of(id)}/test`, { body });

/** Where notices go, with its version; null when that was not set. */
export async function getNotices(signal?: AbortSignal): Get<StoredNotices> {
  const answer = withVersion(await call<Notices>('GET', '/notices', signal ? { signal } : {}));
  return answer.failure?.status === 404 ? { data: { notices: null, etag: null }, etag: null } : answer;
}

export interface StoredNotices {
  readonly notices: Notices | null;
  readonly etag: string | null;
}

const withVersion = (answer: Answer<Notices>): Answer<StoredNotices> =>
  answer.data ? { data: { notices: answer.data, etag: answer.etag }, etag: answer.etag } : answer;

export const putNotices = async (body: Schemas['NoticesRequest'], ifMatch: string | null): Get<StoredNotices> =>
  withVersion(await call('PUT', '/notices', ifMatch ? { body, ifMatch } : { body }));

export const deleteNotices = (ifMatch: string): Get<undefined> => call('DELETE', '/notices', { ifMatch });

export const testNotices = (body: Schemas['NoticesTestRequest']): Get<TestExchange> =>
  call('POST', '/notices/test', { body });

export const verify = (body: Schemas['VerifyRequest']): Get<Schemas['VerifyAnswer']> =>
  call('POST', '/verify', { body });

export const groupDeadLetters = (filter: Filter, signal: AbortSignal): Get<Schemas['DeadLetterGroups']> =>
  call('GET', '/dead-letters/groups', { query: asQuery(filter), signal });

export const listDeadLetters = (
  filter: Filter, cursor: string | null, signal: AbortSignal): Get<Schemas['DeadLetterPage']> =>
  call('GET', '/dead-letters', { query: { ...asQuery(filter), cursor, limit: 50 }, signal });

export const countDeadLetters = (filter: Filter): Get<Schemas['DeadLetterCount']> =>
  call('GET', '/dead-letters/count', { query: asQuery(filter) });

export const replayDeadLetters = (body: Filter, idempotencyKey: string): Get<Job> =>
  call('POST', '/dead-letters/replay', { body, idempotencyKey });

export const discardDeadLetters = (body: Filter, idempotencyKey: string): Get<Job> =>
  call('POST', '/dead-letters/discard', { body, idempotencyKey });

export const replayDeadLetter = (
  place: { queue: string; sequenceNumber: string }, idempotencyKey: string): Get<Job> =>
  call('POST', `${letter(place)}/replay`, { idempotencyKey });

export const discardDeadLetter = (
  place: { queue: string; sequenceNumber: string }, idempotencyKey: string): Get<Job> =>
  call('POST', `${letter(place)}/discard`, { idempotencyKey });

export const listJobs = (
  query: { limit: number; cursor?: string | null }, signal?: AbortSignal): Get<Schemas['JobPage']> =>
  call('GET', '/jobs', signal ? { query, signal } : { query });

export const getJob = (id: string): Get<Job> => call('GET', `/jobs/${encodeURIComponent(id)}`);

export const stopJob = (id: string): Get<Job> => call('POST', `/jobs/${encodeURIComponent(id)}/stop`);
