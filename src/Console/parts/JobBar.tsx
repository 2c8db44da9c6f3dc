import { useEffect, useRef, useState } from 'preact/hooks';
import { complain, speak } from '../announce';
import type { Job, Subscription } from '../api/calls';
import { later } from '../api/later';
import { useResource } from '../api/resource';
import type { Changed } from '../changing';
import { failureText, noticesId, sentTo } from '../explain';
import { number, percent } from '../format';
import { again, dismiss, isUnderWay, jobs, rightToRepeat, stop, track } from '../jobs';
import { jobWords, loadJobs, t } from '../messages/language';
import { nameOf, useWebhook } from '../overview';
import { can } from '../session';
import { Button } from './Button';
import { ChangedDialog } from './PauseButton';

// Of what is done, the newest is shown, and the others on request.
const shownDone = 1;

/** What is done in bulk, at the bottom of every screen while it lasts. */
export function JobBar() {
  const bar = useRef<HTMLElement>(null);
  const isShown = jobs.value.length > 0;
  // What takes the focus is scrolled to above the bar, and not behind it.
  useEffect(() => {
    if (!bar.current) return;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(([box]) => {
      style.scrollPaddingBlockEnd = `${box!.borderBoxSize[0]!.blockSize}px`;
    });
    observer.observe(bar.current);
    return () => {
      observer.disconnect();
      style.scrollPaddingBlockEnd = '';
    };
  }, [isShown]);

  if (!isShown) return null;
  const lines = jobs.value;
  // By their ends: what has just ended is said where it was. What was left out stays in sight.
  const done = lines.filter(({ state, counts }) => state === 'succeeded' && counts.skipped === 0)
    .sort((a, b) => Date.parse(a.endedAt!) - Date.parse(b.endedAt!));
  const line = (job: Job) => <JobLine key={job.id} job={job} onDismiss={() => dismiss(job.id)} />;
  return (
    <section class="job-bar" ref={bar} aria-label={t.jobs.region}>
      {[...lines.filter(job => !done.includes(job)), ...done.slice(-shownDone)].map(line)}
      {done.length > shownDone && (
        <details>
          <summary>{t.jobs.done(done.length - shownDone)}</summary>
          {done.slice(0, -shownDone).map(line)}
        </details>
      )}
    </section>
  );
}

interface Props {
  readonly job: Job;
  readonly onDismiss?: () => void;
}

/** One job: how far it is, or how it ended. */
export function JobLine(props: Props) {
  const { job, onDismiss } = props;
  const { data, failure } = useResource('words of jobs', () => later(loadJobs));
  // A short job has ended by the time that its words are there.
  const [wasUnderWay] = useState(isUnderWay(job));
  if (data !== null) return <Line {...props} wasUnderWay={wasUnderWay} />;
  return failure && (
    <div class="job">
      <span class="what">{failureText(failure)}</span>
      {!isUnderWay(job) && <Closing onDismiss={onDismiss} />}
    </div>
  );
}

const Closing = ({ onDismiss }: Pick<Props, 'onDismiss'>) =>
  onDismiss ? <Button small kind="quiet" onClick={onDismiss}>{t.close}</Button> : null;

function Line({ job, onDismiss, wasUnderWay }: Props & { readonly wasUnderWay: boolean }) {
  const [busy, setBusy] = useState(false);
  const [changed, setChanged] = useState<Changed | null>(null);
  const { expected, taken } = job.counts;
  const webhook = useWebhook(job.filter?.subscriptionId ?? '');
  const link = webhook && <a class="break" href={sentTo(webhook.id)}>{nameOf(webhook)}</a>;
  useSpoken(job, wasUnderWay);

  const act = async (seen?: Subscription): Promise<void> => {
    setBusy(true);
    if (isUnderWay(job)) {
      const failure = await stop(job.id);
      if (failure) complain(failureText(failure));
    } else {
      const { data, failure, changed: later } = await again(job, seen);
      setChanged(later ?? null);
      if (failure) complain(failureText(failure));
      if (data) {
        track(data);
        onDismiss?.();
      }
    }
    setBusy(false);
  };

  if (isUnderWay(job)) {
    const title = { ...jobWords, ...ofNotices(job) }[kindOf(job)];
    const text = typeof title === 'string' ? title : title(expected);
    const far = expected === null ? jobWords.soFar(number(taken)) : jobWords.progress(number(taken), number(expected));
    return (
      <div class="job">
        <span class="what">{text}</span>{link}
        <progress
          aria-label={text} aria-valuetext={far}
          {...(expected === null ? {} : { value: Math.min(taken, expected), max: Math.max(1, expected) })}
        />
        <span class="figures">{job.state === 'waiting' ? jobWords.waiting : far}</span>
        {can('recover') && (
          <Button small changes busy={busy || job.stopRequested} onClick={() => act()}>
            {job.stopRequested ? jobWords.stopping : jobWords.stop}
          </Button>
        )}
      </div>
    );
  }
  const right = rightToRepeat(job);
  return (
    <div class={`job ${job.state}`}>
      <span class="what">{endOf(job)}</span>{link}
      {job.state === 'failed' && right && can(right) && (
        <Button small changes busy={busy} onClick={() => act()}>{t.tryAgain}</Button>
      )}
      {changed && (
        <ChangedDialog
          changed={changed} text={t.webhook.resume} busy={busy} onClose={() => setChanged(null)}
          onAct={() => act(changed.fresh)}
        />
      )}
      <Closing onDismiss={onDismiss} />
    </div>
  );
}

/** How a job ended: sent is not delivered, and the sentences say so. */
function endOf(job: Job): string {
  const { counts: { taken, skipped } } = job;
  const known = kindOf(job);
  const kind = known === 'erase' ? 'discard' : known;
  const own = ofNotices(job);
  const left = skipped > 0 ? { ...jobWords.skipped, ...own?.skipped }[kind](skipped) : '';
  if (job.state === 'failed') return `${jobWords.failed} ${left}`;
  if (job.state === 'stopped') return `${stopOf(job)} ${left}`;
  return taken === 0 && left ? left : `${{ ...jobWords.ended, ...own?.ended }[kind](taken)} ${left}`;
}

// What is held goes out by itself while the webhook is not paused; a new pause stops it without being asked to.
function stopOf({ kind, stopRequested, counts: { taken } }: Job): string {
  if (kind !== 'resume') return jobWords.stopped(taken);
  return stopRequested ? jobWords.stoppedHeld(taken) : jobWords.pausedAgain(taken);
}

// One that is newer than this page is unknown.
const kindOf = ({ kind }: Job): Job['kind'] => kind === 'erase' || kind in jobWords.ended ? kind : 'unknown';

const ofNotices = ({ filter }: Job) => filter?.subscriptionId === noticesId ? jobWords.ofNotices : null;

// A screen reader hears each quarter, and the end.
function useSpoken(job: Job, began: boolean): void {
  const quarter = useRef(0);
  const wasUnderWay = useRef(began);
  const { expected, taken } = job.counts;
  useEffect(() => {
    const reached = expected ? Math.floor(taken / expected * 4) : 0;
    if (!isUnderWay(job) && wasUnderWay.current) speak(endOf(job));
    else if (isUnderWay(job) && reached > quarter.current) speak(jobWords.reached(percent(reached / 4)));
    quarter.current = reached;
    wasUnderWay.current = isUnderWay(job);
  }, [taken, job.state]);
}
