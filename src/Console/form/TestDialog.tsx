import { useState } from 'preact/hooks';
import { testSubscription } from '../api/calls';
import { eventNames } from '../explain';
import { t } from '../messages/language';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { TestPanel } from './TestPanel';

// Ten minutes: what a test said is no news for longer.
const newsFor = 600_000;

const succeededAt = new Map<string, number>();

/** Whether a test of this webhook arrived within the last ten minutes. */
export const testedLately = (id: string): boolean => Date.now() - (succeededAt.get(id) ?? 0) < newsFor;

/** Remembers what a test of a webhook said. */
export function noteTest(id: string, succeeded: boolean): void {
  if (succeeded) succeededAt.set(id, Date.now());
  else succeededAt.delete(id);
}

/** A button that opens a dialog in which the webhook is tested as it is stored. */
export function TestButton({ id, small }: { id: string; small?: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button changes {...(small ? { small } : {})} onClick={() => setOpen(true)}>{t.test.send}</Button>
      {open && <TestDialog id={id} onClose={() => setOpen(false)} />}
    </>
  );
}

/** The webhook is tested as it is stored. */
export function TestDialog({ id, onClose }: { id: string; onClose: () => void }) {
  return (
    <Dialog title={t.test.title} onClose={onClose} actions={<Button onClick={onClose}>{t.close}</Button>}>
      <StoredTest id={id} />
    </Dialog>
  );
}

/** The same beside other things. */
export function StoredTest({ id, ask }: { id: string; ask?: number }) {
  return (
    <TestPanel
      events={eventNames} first="visitor.checked_in" hint={t.test.hint} version=""
      send={event => testSubscription(id, { event })} onResult={ok => noteTest(id, ok)} {...(ask ? { ask } : {})}
    />
  );
}
