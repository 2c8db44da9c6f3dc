import { useEffect, useState } from 'preact/hooks';
import { expired } from '../api/token';
import { failureText } from '../explain';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Heading } from '../parts/Frame';
import { FailureNote } from '../parts/Loading';
import { findSession, returnUrl, safeUrl, session, type SignIn } from '../session';

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
