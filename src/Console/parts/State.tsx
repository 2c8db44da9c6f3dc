import type { SubscriptionOverview } from '../api/calls';
import { t } from '../messages/language';

type State = SubscriptionOverview['state'];

// Each state has a shape of its own, so that nobody needs to tell colours apart.
const shapes: Readonly<Record<State, string>> = {
  paused: 'M4 3h3v10H4zM9 3h3v10H9z',
  failing: 'M8 2 15 14H1z',
  retrying: 'M8 2.5a5.5 5.5 0 1 1-5.2 3.7l1.9.7A3.5 3.5 0 1 0 8 4.5V7L3.8 3.5 8 0z',
  working: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z',
  nothing_sent: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zm0 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8z',
};

/** How a webhook does: a shape, a colour and a word. */
export function State({ state }: { state: State }) {
  return (
    <span class={`state ${state}`}>
      <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
        <path fill-rule="evenodd" d={shapes[state]} />
      </svg>
      {t.states[state] ?? t.outcomes.Unknown}
    </span>
  );
}
