import { useEffect, useState } from 'preact/hooks';
import { listJobs, type Job } from '../api/calls';
import { useResource } from '../api/resource';
import { isUnderWay, jobs, jobsEnded, track } from '../jobs';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { Crumb, Heading } from '../parts/Frame';
import { JobLine } from '../parts/JobBar';
import { Loaded, Skeleton } from '../parts/Loading';
import { At } from './SecretSettings';

const pageSize = 20;

/** S8: all that was done in bulk. */
export function Jobs() {
  const [limit, setLimit] = useState(pageSize);
  const resource = useResource(`jobs ${limit}`, () => listJobs({ limit }));
  const ended = jobsEnded.value;
  useEffect(() => { if (ended > 0) resource.refresh(); }, [ended]);
  useEffect(() => resource.data?.items.filter(isUnderWay).forEach(track), [resource.data]);
  return (
    <>
      <Crumb to="/">{t.webhooks}</Crumb>
      <Heading title={t.jobs.title} />
      <Loaded resource={resource} title={t.jobs.loadFailed} skeleton={<Skeleton text={t.loading} kind="flat" />}>
        {({ items, nextCursor }) => (
          <>
            {items.length === 0 && <p class="empty">{t.jobs.empty}</p>}
            <ul class="rows jobs">{items.map(job => <li key={job.id}><Line job={job} /></li>)}</ul>
            {nextCursor && <Button onClick={() => setLimit(limit + pageSize)}>{t.activity.older}</Button>}
          </>
        )}
      </Loaded>
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
