import { useMemo, useState } from 'preact/hooks';
import { complain } from '../announce';
import { explain } from '../api/calls';
import { eventNames, eventText, failureText } from '../explain';
import { TestButton } from '../form/TestDialog';
import { t } from '../messages/language';
import { useWebhook } from '../overview';
import { queried, route } from '../route';
import { can } from '../session';
import { ActivityFilter } from './ActivityFilter';
import { Sent } from './Sent';

/** S4: what was sent, newest first; S5 beside it. */
export function Activity({ id, delivery }: { id: string; delivery: string | undefined }) {
  const { query } = route.value;
  const webhook = useWebhook(id);
  // A list that is empty says nothing of what was sent before it begins.
  const isUnsent = !webhook?.lastDeliveredAt && !webhook?.lastFailure;
  const period = queried('period', ['day', 'hour', 'week', 'any', 'custom']);
  const outcome = queried('outcome', ['', 'Delivered', 'Retrying', 'DeadLettered']);
  const [from, to] = [momentOf(query.get('from')), momentOf(query.get('to'))];
  const isWrong = period === 'custom' && Date.parse(to) <= Date.parse(from);
  const filter = useMemo(() => {
    if (isWrong) return null;
    const kind = outcome === 'Retrying' ? { waiting: true } as const : { outcome };
    return period === 'custom' ? { ...kind, from, to } : { ...kind, period };
  }, [id, period, outcome, from, to]);
  return (
    <Sent
      id={id} delivery={delivery} filter={filter} pageSize={50} isAwaited={isUnsent} failed={t.activity.failed}
      head={<ActivityFilter outcome={outcome} period={period} from={from} to={to} isWrong={isWrong} />}
      empty={mayGoOn => isUnsent && !mayGoOn ? <Empty id={id} /> : <EmptyFiltered id={id} outcome={outcome} />}
    />
  );
}

// As the filter writes it; anything else is none.
const momentOf = (text: string | null): string =>
  text && /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';

function EmptyFiltered({ id, outcome }: { id: string; outcome: string }) {
  return (
    <div class="empty">
      <p>{outcome === '' ? t.activity.emptyPeriod : t.activity.emptyFiltered}</p>
      <a class="button" href={`#/w/${id}?period=any`}>{t.activity.showAll}</a>
    </div>
  );
}

function Empty({ id }: { id: string }) {
  const [why, setWhy] = useState<string[] | null>(null);
  const ask = async (): Promise<void> => {
    const answers = await Promise.all(eventNames.map(explain));
    const failure = answers.find(answer => answer.failure)?.failure;
    if (failure) return complain(failureText(failure));
    setWhy(answers.flatMap(({ data }) => data!.subscriptions.filter(one => one.subscriptionId === id)
      .map(one => `${eventText(data!.event)}: ${t.activity.routing[one.routing] ?? one.why}`)));
  };
  return (
    <div class="empty">
      <h2>{t.activity.emptyTitle}</h2>
      <p>{t.activity.empty}</p>
      {can('recover') && <TestButton id={id} />}
      <p>{t.activity.expecting} <button type="button" class="link" onClick={ask}>{t.activity.why}</button></p>
      <div role="status">{why && <ul class="plain">{why.map(text => <li key={text}>{text}</li>)}</ul>}</div>
    </div>
  );
}
