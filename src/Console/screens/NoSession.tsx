import { useEffect, useState } from 'preact/hooks';
import { expired, restartWith } from '../api/token';
import { failureText } from '../explain';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Heading } from '../parts/Frame';
import { FailureNote } from '../parts/Loading';
import { leave, unsaved } from '../route';
import { findSession, offered, returnUrl, safeUrl, session, type SignIn } from '../session';

/** S10: nobody is signed in, or may not be here. */
export function NoSession({ signIn, retry }: { signIn: SignIn; retry: () => void }) {
  switch (signIn.state) {
    case 'none':
      return (
        <section class="empty">
          <Heading title={t.noSession.noneTitle} />
          <p>{t.noSession.over.how}</p>
          <p class="row">
            {signIn.signInUrl && <a class="button primary" href={signIn.signInUrl}>{t.noSession.signedOut.begin}</a>}
            {signIn.returnUrl && <a class="button" target="_top" href={signIn.returnUrl}>{t.noSession.toAtrium}</a>}
          </p>
        </section>
      );
    case 'refused':
      return (
        <section class="empty">
          <Heading title={t.noSession.refusedTitle} />
          <p>{signIn.failure.code === 'forbidden' ? t.noSession.refused : failureText(signIn.failure)}</p>
        </section>
      );
    case 'failed':
      return (
        <>
          <Heading title={t.webhooks} />
          <FailureNote title={t.noSession.failedTitle} failure={signIn.failure} retry={retry} />
        </>
      );
    default:
      return (
        <>
          <h1 class="unseen">{t.webhooks}</h1>
          <p class="quiet" role="status">{t.loading}</p>
        </>
      );
  }
}

/** Asks before a link moves the page to somebody else's session: whoever sent it may mean harm. */
export function Offered() {
  const other = offered.value;
  if (!other) return null;
  const stay = (): void => {
    offered.value = null;
    other.back();
  };
  const open = (): void => {
    offered.value = null;
    leave();
    restartWith(other.token, true);
  };
  const words = t.noSession.other;
  return (
    <Dialog
      title={words.title} onClose={stay}
      actions={<>
        <Button kind="primary" onClick={stay}>{t.form.stay}</Button>
        <Button onClick={open}>{words.open}</Button>
      </>}
    >
      <dl class="people">
        {([[t.who, session.value!], [words.link, other.session]] as const).map(([title, { tenant, actor }]) => (
          <div key={title}>
            <dt class="quiet">{title}</dt><dd class="break"><strong>{tenant}</strong> · {actor}</dd>
          </div>
        ))}
      </dl>
      <p>{words.text}</p>
      {unsaved.value && <p>{t.form.leaveText}</p>}
    </Dialog>
  );
}

// In a frame the parent is asked first, and nearly always answers before this is over.
const parentGets = 3000;

/** Covers the page while requests wait for a session; what was typed stays beneath. */
export function Expired() {
  const [shown, setShown] = useState(false);
  const links = expired.value;
  const isExpired = links !== null;

  useEffect(() => {
    if (!isExpired) return setShown(false);
    const timer = setTimeout(() => setShown(true), window.parent === window ? 0 : parentGets);
    return () => clearTimeout(timer);
  }, [isExpired]);

  if (!shown || !links) return null;
  const byAccount = session.value?.signedInBy === 'account' ? safeUrl(links.signInUrl) : null;
  const url = byAccount ?? returnUrl({ links });
  const words = byAccount ? t.noSession.signedOut : t.noSession.over;
  return (
    <Dialog
      title={words.title}
      actions={url
        ? <a class="button primary" target="_blank" rel="noopener" href={url}>{words.begin}</a>
        : <Button kind="primary" onClick={findSession}>{t.tryAgain}</Button>}
    >
      <p>{words.text}</p>
      <p>{words.how}</p>
    </Dialog>
  );
}
