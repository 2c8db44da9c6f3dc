import { useState } from 'preact/hooks';
import type { Failure } from '../api/client';
import type { Changed, Outcome } from '../changing';
import { t } from '../messages/language';
import { FailureNote } from '../parts/Loading';
import { ChangedNote } from './Conflict';

/**
 * Acts on what the person sees. When somebody else has changed it meanwhile, `notes` say what, and the next try acts on
 * that.
 */
export function useActing<V>(stored: V, title: string) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [changed, setChanged] = useState<Changed<V> | null>(null);
  // Whether what was asked for may be done already.
  const [isLost, setLost] = useState(false);
  const seen = changed?.fresh ?? stored;

  const act = async <T,>(change: (seen: V) => Promise<Outcome<T, V>>): Promise<Outcome<T, V>> => {
    setBusy(true);
    const outcome = await change(seen);
    setBusy(false);
    setFailure(outcome.failure ?? null);
    if (outcome.failure?.status === 0) setLost(true);
    if (outcome.changed) setChanged(outcome.changed);
    return outcome;
  };
  const notes = (
    <>
      {changed && <ChangedNote changed={changed} title={title} />}
      {failure && <FailureNote title={t.notDone} failure={failure} />}
    </>
  );
  return { act, busy, isLost, notes, seen };
}
