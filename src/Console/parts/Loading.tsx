import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../api/client';
import type { Resource } from '../api/resource';
import { failureText } from '../explain';
import { t } from '../messages/language';
import { Button } from './Button';
import { Copy } from './Copy';
import { At } from './Time';

// After two seconds, a page that says nothing looks broken. A cold start takes longer than that.
const slowAfter = 2000;

/** Grey shapes of the final height, until something is there. */
export function Skeleton({ text, count = 3, kind = 'tall' }: { text: string; count?: number; kind?: 'tall' | 'flat' }) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), slowAfter);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="skeletons">
      <p role="status">{slow ? t.waking : text}</p>
      {Array.from({ length: count }, (_, index) => <div key={index} class={`skeleton ${kind}`} />)}
    </div>
  );
}

interface Failed {
  /** What has failed, unless the heading says it. */
  readonly title: string | null;
  readonly failure: Failure;
  readonly retry?: () => void;
}

/** Why something could not be loaded or done, and by which reference the operator finds it. */
export function FailureNote({ title, failure, retry }: Failed) {
  return (
    <div class="note bad" role="alert">
      {title && <p><strong>{title}</strong></p>}
      <p>{failureText(failure)}</p>
      {(retry || failure.traceId) && (
        <p class="row">
          {retry && <Button onClick={retry}>{t.tryAgain}</Button>}
          {failure.traceId && (
            <span class="quiet">
              {t.reference} <code class="figures">{failure.traceId.slice(0, 8)}…</code>{' '}
              <Copy text={failure.traceId} what={t.reference} />
            </span>
          )}
        </p>
      )}
    </div>
  );
}

/** What is loaded, or why it is not: old content stays, greyed, with its time. */
export function Loaded<T>({ resource, title, skeleton, children }: {
  resource: Resource<T>;
  /** That it could not be loaded. */
  title: string;
  skeleton: ComponentChildren;
  children: (data: T) => ComponentChildren;
}) {
  const { data, failure, loadedAt, refresh } = resource;
  // Without a connection the banner says it for all.
  const isShown = failure !== null && (failure.status !== 0 || data === null);
  return (
    <>
      {isShown && <FailureNote title={title} failure={failure} retry={refresh} />}
      {data === null ? !failure && skeleton : (
        <div class={failure ? 'stale' : undefined}>{children(data)}</div>
      )}
      {failure && loadedAt !== null && <p class="quiet"><At text={t.shownFrom} at={loadedAt} /></p>}
    </>
  );
}
