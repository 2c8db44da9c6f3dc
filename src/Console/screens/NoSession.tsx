import { useEffect, useRef, useState } from 'preact/hooks';
import { expired } from '../api/token';
import { failureText } from '../explain';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { Heading } from '../parts/Frame';
import { FailureNote } from '../parts/Loading';
import { returnUrl, type SignIn } from '../session';

/** S10: nobody is signed in, or may not be here. */
export function NoSession({ signIn, retry }: { signIn: SignIn; retry: () => void }) {
  switch (signIn.state) {
    case 'none':
      return (
        <section class="empty">
          <Heading title={t.noSession.noneTitle} />
          <p>{t.noSession.none}</p>
          <p class="row">
            {signIn.signInUrl && <a class="button primary" href={signIn.signInUrl}>{t.noSession.signIn}</a>}
            {signIn.returnUrl && <a class="button" target="_top" href={signIn.returnUrl}>{t.noSession.toAtrium}</a>}
          </p>
        </section>
      );
    case 'refused':
      return (
        <section class="empty">
          <Heading title={t.noSession.refusedTitle} />
          <p>{signIn.failure.detail || failureText(signIn.failure)}</p>
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
          <p class="quiet" role="status" aria-busy="true">{t.noSession.starting}</p>
        </>
      );
  }
}

// In a frame the parent is asked first, and nearly always answers before this is over.
const parentGets = 3000;

/** Covers the page while requests wait for a session; what was typed stays beneath. */
export function Expired() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [shown, setShown] = useState(false);
  const isExpired = expired.value;

  useEffect(() => {
    if (!isExpired) return setShown(false);
    const timer = setTimeout(() => setShown(true), window.parent === window ? 0 : parentGets);
    return () => clearTimeout(timer);
  }, [isExpired]);
  useEffect(() => {
    if (!shown) return;
    const before = document.activeElement as HTMLElement | null;
    dialog.current!.showModal();
    return () => before?.focus();
  }, [shown]);

  if (!shown) return null;
  const url = returnUrl();
  return (
    <dialog ref={dialog} aria-labelledby="expired" onCancel={event => event.preventDefault()}>
      <h2 id="expired" tabIndex={-1}>{t.noSession.expiredTitle}</h2>
      <p>{t.noSession.expired}</p>
      <p>{t.noSession.none}</p>
      <div class="actions">
        {url
          ? <a class="button primary" target="_blank" rel="noopener" href={url}>{t.noSession.openAgain}</a>
          : <Button kind="primary" onClick={() => { location.reload(); }}>{t.tryAgain}</Button>}
      </div>
    </dialog>
  );
}
