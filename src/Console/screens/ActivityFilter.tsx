import { useId } from 'preact/hooks';
import { onClock, timeOnClock, zone } from '../format';
import { t } from '../messages/language';
import { FieldError, Select } from '../parts/Field';
import { setQuery } from '../route';
import type { Period } from './rows';

/** Which attempts are shown. It stands in the address, so that a view can be kept and shared. */
export function ActivityFilter({ outcome, period, from, to, isWrong }: {
  outcome: string; period: Period; from: string; to: string;
  /** Whether the period ends before it begins. */
  isWrong: boolean;
}) {
  const id = useId();
  return (
    <div class="filters">
      <Select
        label={t.show} value={outcome} onChange={value => setQuery({ outcome: value })}
        options={[
          ['', t.all], ['Delivered', t.outcomes.Delivered], ['Retrying', t.outcomes.Retrying],
          ['DeadLettered', t.outcomes.DeadLettered],
        ]}
      />
      <Select
        label={t.activity.period} value={period}
        onChange={value => setQuery({ period: value === 'day' ? null : value, from: null, to: null })}
        options={(['hour', 'day', 'week', 'any', 'custom'] as const).map(name => [name, t.activity[name]] as const)}
      />
      {period === 'custom' && (
        <>
          <Moment
            label={t.activity.from(zone())} value={from} pick={Math.min} onChange={value => setQuery({ from: value })}
          />
          <Moment
            label={t.activity.to(zone())} value={to} pick={Math.max} onChange={value => setQuery({ to: value })}
            fault={isWrong ? id : undefined}
          />
          {isWrong && <FieldError id={id} text={t.activity.wrongOrder} />}
        </>
      )}
    </div>
  );
}

// The control has no zone: what it shows and takes is the time in the zone in which all times are shown.
function Moment({ label, value, pick, onChange, fault }: {
  label: string; value: string; onChange: (value: string) => void;
  /** Which of two times is meant that the clocks show alike. */
  pick: (...times: number[]) => number;
  /** The id of what is wrong with it. */
  fault?: string | undefined;
}) {
  const time = Date.parse(value);
  return (
    <label class="select">
      <span>{label}</span>
      <input
        type="datetime-local" max="9999-12-31T23:59" value={Number.isNaN(time) ? '' : onClock(time)}
        aria-invalid={fault ? 'true' : undefined} aria-describedby={fault}
        onChange={({ currentTarget: { value: typed } }) =>
          onChange(typed && new Date(timeOnClock(typed, pick)).toISOString())}
      />
    </label>
  );
}
