import { t } from '../messages/language';
import { Select } from '../parts/Field';
import { setQuery } from '../route';
import type { Period } from './rows';

/** Which attempts are shown. It stands in the address, so that a view can be kept and shared. */
export function ActivityFilter({ outcome, period, from, to }: {
  outcome: string; period: Period; from: string; to: string;
}) {
  return (
    <div class="filters">
      <Select
        label={t.activity.show} value={outcome} onChange={value => setQuery({ outcome: value })}
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
          <Moment label={t.activity.from} value={from} onChange={value => setQuery({ from: value })} />
          <Moment label={t.activity.to} value={to} onChange={value => setQuery({ to: value })} />
        </>
      )}
    </div>
  );
}

function Moment({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label class="select">
      <span>{label}</span>
      <input
        type="datetime-local" value={value && local(value)}
        onChange={({ currentTarget: { value: typed } }) => onChange(typed && new Date(typed).toISOString())}
      />
    </label>
  );
}

// The control wants the time of the browser's own zone, without saying which.
function local(iso: string): string {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
