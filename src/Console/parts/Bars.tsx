import type { SubscriptionOverview } from '../api/calls';
import { clock } from '../format';
import { t } from '../messages/language';

type Hours = SubscriptionOverview['hours'];

const height = 32;
const step = 6;
const width = 4;

/** What became of the attempts of 24 hours, hour by hour. */
export function Bars({ hours, large }: { hours: Hours; large?: boolean }) {
  const most = Math.max(1, ...hours.map(hour => hour.delivered + hour.failed + hour.givenUp));
  return (
    <figure class={`bars ${large ? 'large' : ''}`}>
      <svg viewBox={`0 0 ${hours.length * step - 2} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {hours.map((hour, index) => <Bar key={hour.from} hour={hour} x={index * step} scale={(height - 2) / most} />)}
      </svg>
      <table class="unseen">
        <caption>{t.bars.title}</caption>
        <thead>
          <tr>
            <th scope="col">{t.bars.hour}</th><th scope="col">{t.outcomes.Delivered}</th>
            <th scope="col">{t.bars.failed}</th><th scope="col">{t.outcomes.DeadLettered}</th>
          </tr>
        </thead>
        <tbody>
          {hours.filter(hour => hour.delivered + hour.failed + hour.givenUp > 0).map(hour => (
            <tr key={hour.from}>
              <th scope="row">{clock(Date.parse(hour.from))}</th>
              <td>{hour.delivered}</td><td>{hour.failed}</td><td>{hour.givenUp}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function Bar({ hour, x, scale }: { hour: Hours[number]; x: number; scale: number }) {
  let top = height;
  const part = (count: number, name: string) => {
    if (count === 0) return null;
    // What is there is seen, however little of the whole it is.
    const size = Math.max(2, count * scale);
    top -= size;
    return <rect class={name} x={x} y={Math.max(0, top)} width={width} height={size} />;
  };
  const isEmpty = hour.delivered + hour.failed + hour.givenUp === 0;
  return (
    <>
      {isEmpty && <rect class="nothing" x={x} y={height - 1} width={width} height={1} />}
      {part(hour.delivered, 'delivered')}
      {part(hour.failed, 'failed')}
      {part(hour.givenUp, 'given-up')}
    </>
  );
}

/** The numbers of the bars in a sentence; what there was none of is not in it. */
export function sumOf(hours: Hours, complete: boolean): string {
  const sums = (['delivered', 'failed', 'givenUp'] as const).flatMap(kind => {
    const total = hours.reduce((sum, hour) => sum + hour[kind], 0);
    return total > 0 ? [t.bars.sums[kind](total)] : [];
  });
  if (sums.length === 0) return t.bars.nothing;
  return complete ? sums.join(' · ') : t.bars.atLeast(sums.join(' · '));
}
