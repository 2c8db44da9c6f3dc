import { signal } from '@preact/signals';
import {
  discardDeadLetter, discardDeadLetters, getJob, getSubscription, listJobs, replayDeadLetter, replayDeadLetters, resume,
  stopJob, type Filter, type Job, type Right, type Subscription,
} from './api/calls';
import type { Failure } from './api/client';
import { retryWait } from './api/resource';
import { differencesOf, type Outcome } from './changing';
import { wake } from './clock';

/** The jobs that are shown at the bottom of each screen: those under way, and those that ended before our eyes. */
export const jobs = signal<readonly Job[]>([]);

/** Raised when a job ends: what it changed should be loaded again. */
export const jobsEnded = signal(0);

export const isUnderWay = (job: Job): boolean => job.endedAt === null && job.state !== 'unknown';

// One second for the first ten looks, since most jobs are short; three afterwards.
const quickLooks = 10;
const quick = 1000;
const steady = 3000;

/** Shows a job, and follows it to its end. */
export function track(job: Job): void {
  if (jobs.value.some(({ id }) => id === job.id)) return;
  jobs.value = [...jobs.value, job];
  if (isUnderWay(job)) void follow(job.id);
}

/** Goes on following what was under way when the page was left. */
export async function resumeTracking(): Promise<void> {
  const { data } = await listJobs({ limit: 10 });
  data?.items.filter(isUnderWay).reverse().forEach(track);
}

/** Shows a job no longer. */
export function dismiss(id: string): void {
  jobs.value = jobs.value.filter(job => job.id !== id);
}

/** Asks a job to stop. */
export async function stop(id: string): Promise<Failure | null> {
  const answer = await stopJob(id);
  if (answer.data) put(answer.data);
  return answer.failure ?? null;
}

/** The right to ask for the same again; null for what the page never asks for. */
export const rightToRepeat = ({ kind, queue }: Job): Right | null =>
  kind === 'resume' ? 'manage' : (kind === 'replay' || kind === 'discard') && queue !== 'parked' ? 'recover' : null;

/**
 * Asks for the same again, as a new job. A pause that is newer than the job is somebody's decision that came later: it
 * is ended only by who has seen it.
 */
export async function again(job: Job, seen?: Subscription): Promise<Outcome<Job>> {
  const key = crypto.randomUUID();
  const { sequenceNumber, repairedBy: _, ...filter } = job.filter ?? {};
  const queue = job.queue.split('/')[0] as Filter['queue'] & string;
  if (job.kind === 'resume') {
    const { data, failure } = await getSubscription(filter.subscriptionId ?? '');
    if (failure) return { failure };
    return Date.parse(data.pausedAt ?? '') > Date.parse(job.createdAt) && data.pausedAt !== seen?.pausedAt
      ? { changed: { differences: differencesOf({ ...data, pausedAt: null }, data), fresh: data } }
      : resume(data.id, data.etag, key);
  }
  if (sequenceNumber) {
    const place = { queue, sequenceNumber };
    return job.kind === 'replay' ? replayDeadLetter(place, key) : discardDeadLetter(place, key);
  }
  const wanted = { ...filter, queue } as Filter;
  return job.kind === 'replay' ? replayDeadLetters(wanted, key) : discardDeadLetters(wanted, key);
}

// Looks at a job until it has ended. In an outage it asks no more often than for anything else.
async function follow(id: string): Promise<void> {
  let looks = 0;
  let failures = 0;
  let wait = quick;
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, wait));
    if (document.hidden) {
      await seen();
      looks = 0;
    }
    const { data, failure } = await getJob(id);
    if (failure?.status === 404) return dismiss(id);
    if (data) put(data);
    if (data && !isUnderWay(data)) break;
    failures = failure ? failures + 1 : 0;
    if (failure?.status === 0) await awake();
    wait = failure ? failure.status === 0 ? 0 : retryWait(failures, failure) : ++looks < quickLooks ? quick : steady;
  }
  jobsEnded.value++;
}

const seen = (): Promise<unknown> =>
  new Promise(resolve => document.addEventListener('visibilitychange', resolve, { once: true }));

// Without a connection, all wait for the same next try, which the banner counts down to.
function awake(): Promise<void> {
  const before = wake.value;
  return new Promise(resolve => {
    const stop = wake.subscribe(value => {
      if (value === before) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}

function put(job: Job): void {
  jobs.value = jobs.value.map(old => old.id === job.id ? job : old);
}
