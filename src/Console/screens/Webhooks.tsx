import type { SubscriptionOverview } from '../api/calls';
import { advise } from '../explain';
import { shortUrl } from '../format';
import { t } from '../messages/language';
import { nameOf, useLimits, useOverview } from '../overview';
import { Bars } from '../parts/Bars';
import { Button } from '../parts/Button';
import { Heading } from '../parts/Frame';
import { Loaded, Skeleton } from '../parts/Loading';
import { PauseButton } from '../parts/PauseButton';
import { State } from '../parts/State';
import { At, ZoneChoice } from '../parts/Time';
import { can } from '../session';
import { Behind } from './Behind';
import { behindOverview } from './groups';

/** S1: all webhooks, and how each does. */
export function Webhooks() {
  const overview = useOverview();
  const most = useLimits()?.subscriptions.maxPerTenant;
  const count = overview.data?.subscriptions.length ?? 0;
  const isFull = most !== undefined && count >= most;
  const add = can('manage') && (isFull ? <Button kind="primary" reason={t.list.atMost(most)}>{t.list.add}</Button>
    : <a class="button primary" href="#/new">{t.list.add}</a>);
  return (
    <>
      <header class="head">
        <div>
          <Heading title={t.webhooks} />
          <p class="lead">{t.intro}</p>
        </div>
        {count > 0 && <div class="actions">{add}{isFull && <p class="hint">{t.list.atMost(most)}</p>}</div>}
      </header>
      <Loaded resource={overview} title={t.list.failed} skeleton={<Skeleton text={t.loading} />}>
        {data => (
          <>
            {count === 0 ? (
              <section class="empty">
                <h2>{t.list.emptyTitle}</h2>
                <p>{t.list.empty}</p>
                {add}
                <p><a href="#/receiver">{t.list.whatIsSent}</a></p>
              </section>
            ) : (
              <>
                <Behind time={behindOverview(data)} />
                <ul class="cards">{data.subscriptions.map(one => <li key={one.id}><Card webhook={one} /></li>)}</ul>
              </>
            )}
            {/* What was sent to a webhook stays when it is deleted. */}
            <p class="below">
              <a href="#/failed">{t.list.allFailed}</a> <a href="#/jobs">{t.jobs.title}</a>{' '}
              <a href="#/notices">{t.notices.link}</a>
            </p>
          </>
        )}
      </Loaded>
      <footer class="foot">
        <ZoneChoice />
        {overview.loadedAt !== null && (
          <span>
            <At text={t.updated} at={overview.loadedAt} />{' · '}
            <button type="button" class="link" onClick={overview.refresh}>{t.refresh}</button>
          </span>
        )}
      </footer>
    </>
  );
}

function Card({ webhook }: { webhook: SubscriptionOverview }) {
  const { id, url, state, hours, lastFailure, lastDeliveredAt, pausedAt, deadLetters, retrying, complete } = webhook;
  const name = nameOf(webhook);
  const shownAt = pausedAt ?? lastDeliveredAt;
  const { refresh } = useOverview();
  const shows = state === 'failing' || state === 'retrying';
  const counts = [
    deadLetters > 0 && t.list.failedEvents(deadLetters),
    retrying > 0 && t.list.waiting(retrying),
    webhook.parked > 0 && t.list.held(webhook.parked),
  ].filter(Boolean);
  return (
    <article class={`card ${state}`} aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}><a href={`#/w/${id}`}>{name}</a></h2>
        <State state={state} />
      </div>
      <div class="card-bars"><Bars hours={hours} /><span class="hint">{t.bars.day}</span></div>
      <p class="card-url quiet">
        {webhook.name !== null && <span class="break">{shortUrl(url)}</span>}
        <span>
          {shownAt ? <At text={pausedAt ? t.list.pausedSince : t.list.lastDelivered} at={shownAt} />
            : t.list.neverDelivered}
        </span>
      </p>
      {shows && lastFailure && <p class="card-why">{advise(lastFailure).what}</p>}
      {(counts.length > 0 || pausedAt) && (
        <div class="card-foot">
          <span class="figures">{counts.join(' · ')}</span>
          <div class="actions">
            {deadLetters > 0 && <a class="button small" href={`#/w/${id}/failed`}>{t.list.lookAtFailed}</a>}
            {pausedAt && can('manage') && <PauseButton webhook={webhook} onDone={refresh} small named />}
          </div>
        </div>
      )}
      {!complete && <p class="hint">{t.list.incomplete}</p>}
    </article>
  );
}
