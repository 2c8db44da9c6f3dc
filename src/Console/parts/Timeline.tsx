import { useRef } from 'preact/hooks';
import type { Attempt } from '../api/calls';
import { full, wait } from '../format';
import { t } from '../messages/language';

// The least distance of two marks in CSS pixels: what a finger needs.
const apart = 24;

/** The attempts of one run to scale, and as an ordered list for those who cannot see it. */
export function Timeline({ attempts, label, chosen, onChoose }: {
  /** Oldest first, at least one. */
  attempts: readonly Attempt[];
  label: string;
  chosen: number;
  onChoose: (attempt: number) => void;
}) {
  const marks = useRef(new Map<number, HTMLButtonElement>());
  const times = attempts.map(({ startedAt }) => Date.parse(startedAt));
  const span = Math.max(1, times.at(-1)! - times[0]!);
  // What is left of the width beside the least distances is to scale.
  const left = (index: number): string => {
    const share = (times[index]! - times[0]!) / span;
    return `calc(${index * apart}px + (100% - ${attempts.length * apart}px) * ${share.toFixed(4)})`;
  };

  const move = (event: KeyboardEvent, index: number): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = attempts[index + (document.documentElement.dir === 'rtl' ? -by : by)];
    if (by === 0 || !next) return;
    event.preventDefault();
    onChoose(next.attempt);
    marks.current.get(next.attempt)?.focus();
  };

  return (
    <div class="timeline">
      <div class="marks" role="group" aria-label={label}>
        {attempts.map((attempt, index) => (
          <button
            key={attempt.attempt}
            ref={element => { if (element) marks.current.set(attempt.attempt, element); }}
            type="button"
            class={attempt.outcome === 'Delivered' ? 'good' : 'bad'}
            style={{ insetInlineStart: left(index) }}
            tabIndex={attempt.attempt === chosen ? 0 : -1}
            aria-pressed={attempt.attempt === chosen}
            aria-label={t.sending.attempt(attempt.attempt)}
            onClick={() => onChoose(attempt.attempt)}
            onKeyDown={event => move(event, index)}
          >
            <svg viewBox="-10 -10 20 20" width="20" height="20" aria-hidden="true">
              <circle r="8.5" />
              <path d={attempt.outcome === 'Delivered' ? 'M-4 0l3 3 5-6' : 'M-3-3l6 6M3-3l-6 6'} />
            </svg>
            <span aria-hidden="true">{attempt.attempt}</span>
          </button>
        ))}
      </div>
      <ol class="unseen">
        {attempts.map((attempt, index) => (
          <li key={attempt.attempt}>
            {index > 0 && `${t.sending.waited(wait(times[index]! - times[index - 1]!))} `}
            {t.sending.point(attempt.attempt, full(times[index]!), resultOf(attempt))}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** What came of an attempt, in a word. */
export function resultOf({ status, timings }: Attempt): string {
  if (status !== null) return String(status);
  return timings === null ? t.sending.notSent : t.sending.noAnswer;
}
