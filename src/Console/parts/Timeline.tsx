import { useRef } from 'preact/hooks';
import type { Attempt } from '../api/calls';
import { clock, wait } from '../format';
import { t } from '../messages/language';

const width = 720;
const margin = 16;

/** The attempts of one run to scale, and as an ordered list for those who cannot see it. */
export function Timeline({ attempts, label, chosen, onChoose }: {
  /** Oldest first, at least one. */
  attempts: readonly Attempt[];
  label: string;
  chosen: number;
  onChoose: (attempt: number) => void;
}) {
  const buttons = useRef(new Map<number, SVGGElement>());
  const times = attempts.map(({ startedAt }) => Date.parse(startedAt));
  const span = Math.max(1, times.at(-1)! - times[0]!);
  // To scale, but never so near that two marks lie upon each other.
  const least = (width - 2 * margin) / Math.max(10, attempts.length) * 0.6;
  const left = width - 2 * margin - least * (attempts.length - 1);
  const xs = times.map((time, index) => margin + index * least + (time - times[0]!) / span * left);

  const move = (event: KeyboardEvent, index: number): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = attempts[index + (document.dir === 'rtl' ? -by : by)];
    if (by === 0 || !next) return;
    event.preventDefault();
    onChoose(next.attempt);
    buttons.current.get(next.attempt)?.focus();
  };

  return (
    <div class="timeline" role="group" aria-label={label}>
      <svg viewBox={`0 0 ${width} 44`}>
        {attempts.length > 1 && <line x1={xs[0]} x2={xs.at(-1)} y1="14" y2="14" />}
        {attempts.map((attempt, index) => (
          <g
            key={attempt.attempt}
            ref={element => { if (element) buttons.current.set(attempt.attempt, element); }}
            class={`${attempt.outcome === 'Delivered' ? 'good' : 'bad'} ${attempt.attempt === chosen ? 'chosen' : ''}`}
            role="button"
            tabIndex={attempt.attempt === chosen ? 0 : -1}
            aria-pressed={attempt.attempt === chosen}
            aria-label={t.sending.attempt(attempt.attempt)}
            transform={`translate(${xs[index]} 14)`}
            onClick={() => onChoose(attempt.attempt)}
            onKeyDown={event => {
              if (event.key === 'Enter' || event.key === ' ') {
                event.preventDefault();
                onChoose(attempt.attempt);
              } else {
                move(event, index);
              }
            }}
          >
            <rect x="-14" y="-14" width="28" height="44" class="hit" />
            <circle r="9" />
            <path d={attempt.outcome === 'Delivered' ? 'M-4 0l3 3 5-6' : 'M-3-3l6 6M3-3l-6 6'} />
            <text y="26" text-anchor="middle">{attempt.attempt}</text>
          </g>
        ))}
      </svg>
      <ol class="unseen">
        {attempts.map((attempt, index) => (
          <li key={attempt.attempt}>
            {index > 0 && `${t.sending.waited(wait(times[index]! - times[index - 1]!))} `}
            {t.sending.point(attempt.attempt, clock(times[index]!), resultOf(attempt))}
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
