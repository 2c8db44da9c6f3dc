import { useEffect, useRef } from 'preact/hooks';
import { getSubscription, type SubscriptionOverview } from '../api/calls';
import { useResource } from '../api/resource';
import { TestButton } from '../form/TestDialog';
import { number } from '../format';
import { t } from '../messages/language';
import { nameOf, useOverview, useWebhook } from '../overview';
import { Bars, sumOf } from '../parts/Bars';
import { Discarded } from '../parts/Discarded';
import { Crumb, Heading } from '../parts/Frame';
import { FailureNote, Skeleton } from '../parts/Loading';
import { PauseButton } from '../parts/PauseButton';
import { State } from '../parts/State';
import { At } from '../parts/Time';
import { can } from '../session';
import { Activity } from './Activity';
import { FailedEvents } from './FailedEvents';
import { behindOverview } from './groups';
import { Receiver } from './Receiver';
import { Settings } from './Settings';

/** S4: a webhook, with its tabs. */
export function Webhook({ id, tab, delivery }: {
  id: string; tab?: string | undefined; delivery?: string | undefined;
}) {
  const overview = useOverview();
  const webhook = useWebhook(id);
  // Made a moment ago, or deleted: the overview is some seconds old, so the webhook itself is asked.
  const isMissing = overview.data !== null && webhook === null;
  const own = useResource(isMissing ? `webhook ${id}` : null, signal => getSubscription(id, signal));
  useEffect(() => { if (own.data) overview.refresh(); }, [own.data]);

  if (own.failure?.status === 404) return <Gone />;
  const shown = webhook ?? own.data;
  if (!shown) {
    const failure = overview.failure ?? own.failure;
    return (
      <>
        <Crumb to="/">{t.webhooks}</Crumb>
        <Heading title={t.failedEvents.webhook} />
        {failure ? <FailureNote title={t.settings.failed} failure={failure} retry={overview.refresh} />
          : <Skeleton text={t.loading} kind="flat" />}
      </>
    );
  }
  return (
    <>
      <Crumb to="/">{t.webhooks}</Crumb>
      <header class="head">
        <div class="title">
          <Heading
            key={tab ?? ''} title={nameOf(shown)} view={tabs().find(([name]) => name === (tab ?? ''))?.[1]}
          />
          {webhook && <State state={webhook.state} />}
        </div>
        {/* The settings test what is typed, and would not know of a pause that is made above them. */}
        {webhook && tab !== 'settings' && <Actions webhook={webhook} />}
      </header>
      <Tabs id={id} tab={tab} failed={webhook?.deadLetters ?? 0} />
      {webhook && (!tab || delivery) && <Summary webhook={webhook} isLate={behindOverview(overview.data!) !== null} />}
      {content(id, tab, delivery)}
    </>
  );
}

function content(id: string, tab: string | undefined, delivery: string | undefined) {
  switch (tab) {
    case 'failed': return <FailedEvents subscriptionId={id} />;
    case 'settings': return <Settings id={id} />;
    case 'receiver': return <Receiver webhook={id} />;
    default: return <Activity id={id} delivery={delivery} />;
  }
}

function Gone() {
  return (
    <section class="empty">
      <Heading title={t.webhook.goneTitle} />
      <p>{t.webhook.gone}</p>
      <a class="button" href="#/">{t.webhook.allWebhooks}</a>
    </section>
  );
}

const tabs = () => [
  ['', t.webhook.activity], ['failed', t.webhook.failed], ['settings', t.webhook.settings],
  ['receiver', t.webhook.receiver],
] as const;

function Tabs({ id, tab, failed }: { id: string; tab: string | undefined; failed: number }) {
  // On a narrow screen the tabs scroll, and the one that is shown may be beyond the edge.
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    nav.current!.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [tab]);
  return (
    <nav class="tabs" aria-label={t.webhook.tabs} ref={nav}>
      {tabs().map(([name, text]) => (
        <a key={name} href={`#/w/${id}${name && `/${name}`}`} aria-current={(tab ?? '') === name ? 'page' : undefined}>
          {text}{name === 'failed' && failed > 0 && <span class="count">{number(failed)}</span>}
        </a>
      ))}
    </nav>
  );
}

function Actions({ webhook }: { webhook: SubscriptionOverview }) {
  const { refresh } = useOverview();
  return (
    <div class="actions">
      {can('recover') && <TestButton id={webhook.id} />}
      {can('manage') && <PauseButton webhook={webhook} onDone={refresh} />}
    </div>
  );
}

function Summary({ webhook, isLate }: { webhook: SubscriptionOverview; isLate: boolean }) {
  const { hours, complete, pausedAt, parked } = webhook;
  return (
    <>
      {pausedAt && (
        <div class="note">
          <p>
            <At
              text={since => t.webhook.pausedBanner(since, parked === 0 && isLate ? '' : t.webhook.heldEvents(parked))}
              at={pausedAt}
            />
          </p>
          <Discarded webhook={webhook} />
        </div>
      )}
      <section class="summary" aria-label={t.bars.title}>
        <Bars hours={hours} large />
        <p><span class="quiet">{t.activity.day}</span><br /><span class="figures">{sumOf(hours, complete)}</span></p>
      </section>
    </>
  );
}
