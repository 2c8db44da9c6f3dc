import { useEffect } from 'preact/hooks';
import { listJobs, type Job } from '../api/calls';
import { usePages } from '../api/pages';
import { isUnderWay, jobs, jobsEnded, track } from '../jobs';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { Crumb, Heading } from '../parts/Frame';
import { JobLine } from '../parts/JobBar';
import { FailureNote, Skeleton } from '../parts/Loading';
import { At } from '../parts/Time';

const pageSize = 20;

/** S8: all that was done in bulk. */
export function Jobs() {
  // One that has begun belongs to the list, and one that has ended may have changed it.
  const anew = jobsEnded.value + jobs.value.length;
  const { items, failure, loading, refresh, more } =
    usePages('jobs', (cursor, signal) => listJobs({ limit: pageSize, cursor }, signal), anew);
  useEffect(() => items.filter(isUnderWay).forEach(track), [items]);
  return (
    <>
      <Crumb to="/">{t.webhooks}</Crumb>
      <Heading title={t.jobs.title} />
      {failure && <FailureNote title={t.jobs.loadFailed} failure={failure} retry={refresh} />}
      {items.length === 0 && !failure && (loading ? <Skeleton text={t.loading} kind="flat" />
        : <p class="empty">{t.jobs.empty}</p>)}
      <ul class="rows jobs">{items.map(job => <li key={job.id}><Line job={job} /></li>)}</ul>
      {more && <Button busy={loading} onClick={more}>{t.activity.older}</Button>}
    </>
  );
}

function Line({ job }: { job: Job }) {
  // One under way is followed at the bottom; here it is as new as there.
  const current = jobs.value.find(({ id }) => id === job.id) ?? job;
  return (
    <div>
      <JobLine job={current} />
      <p class="hint"><At text={t.jobs.started} at={job.createdAt} /></p>
    </div>
  );
}
