import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { getLimits } from './api/calls';
import { lostSince } from './api/connection';
import { useResource } from './api/resource';
import { MadeSecret } from './form/MadeSecret';
import { jobsEnded, resumeTracking } from './jobs';
import { t } from './messages/language';
import { LimitsContext, loadOverview, OverviewContext, overviewEvery } from './overview';
import { Button } from './parts/Button';
import { Dialog } from './parts/Dialog';
import { Announcer, Frame } from './parts/Frame';
import { JobBar } from './parts/JobBar';
import { go, match, route, wantedRoute } from './route';
import { FailedEvents } from './screens/FailedEvents';
import { Jobs } from './screens/Jobs';
import { NewWebhook } from './screens/NewWebhook';
import { Expired, NoSession, Offered } from './screens/NoSession';
import { Notices } from './screens/Notices';
import { Receiver } from './screens/Receiver';
import { Webhook } from './screens/Webhook';
import { Webhooks } from './screens/Webhooks';
import { findSession, offered, signIn } from './session';
import { uncopied } from './uncopied';

/** The page: who looks, and which screen. */
export function App() {
  const isReady = signIn.value.state === 'ready';
  return (
    <>
      {isReady ? <Page /> : (
        <main id="main"><NoSession signIn={signIn.value} retry={() => void findSession()} /></main>
      )}
      <Expired />
      <MadeSecret />
      <Leaving />
      <Offered />
      <Announcer />
    </>
  );
}

function Page() {
  const overview = useResource('overview', loadOverview, overviewEvery);
  const isLoaded = overview.data !== null;
  const limits = useResource(isLoaded ? 'limits' : null, getLimits);
  // The list comes first; what was under way when the page was left can wait for it. So can
  // what a request began whose answer was lost.
  const isFound = isLoaded && lostSince.value === null;
  useEffect(() => { if (isFound) void resumeTracking(); }, [isFound]);
  const ended = jobsEnded.value;
  useEffect(() => { if (ended > 0) overview.refresh(); }, [ended]);
  return (
    <OverviewContext.Provider value={overview}>
      <LimitsContext.Provider value={limits.data}>
        <Frame foot={route.value.path === '/jobs' ? null : <JobBar />}>{screen(route.value.path)}</Frame>
      </LimitsContext.Provider>
    </OverviewContext.Provider>
  );
}

function screen(path: string): ComponentChildren {
  const webhook = match('/w/:id', path) ?? match('/w/:id/:tab', path) ?? match('/w/:id/d/:delivery', path);
  if (webhook) return <Webhook key={webhook.id} id={webhook.id!} tab={webhook.tab} delivery={webhook.delivery} />;
  const notices = match('/notices', path) ?? match('/notices/d/:delivery', path);
  if (notices) return <Notices delivery={notices.delivery} />;
  switch (path) {
    case '/new': return <NewWebhook />;
    case '/failed': return <FailedEvents />;
    case '/receiver': return <Receiver webhook={null} />;
    case '/jobs': return <Jobs />;
    default: return <Webhooks />;
  }
}

function Leaving() {
  const to = wantedRoute.value;
  // One question at a time: the secret comes first, and whose page it is to be.
  if (to === null || uncopied.value.length > 0 || offered.value) return null;
  const stay = (): void => { wantedRoute.value = null; };
  return (
    <Dialog
      title={t.form.leaveTitle} onClose={stay}
      actions={<><Button onClick={stay}>{t.form.stay}</Button><Button onClick={() => go(to)}>{t.form.leave}</Button></>}
    >
      <p>{t.form.leaveText}</p>
    </Dialog>
  );
}
