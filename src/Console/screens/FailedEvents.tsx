import { useEffect, useState } from 'preact/hooks';
import { groupDeadLetters, type DeadLetterGroup } from '../api/calls';
import type { Answer } from '../api/client';
import { later } from '../api/later';
import { useResource } from '../api/resource';
import { now } from '../clock';
import { advise, countOf, eventNames, eventText, noticesId } from '../explain';
import { TestButton } from '../form/TestDialog';
import { number, shortUrl, spoken } from '../format';
import { jobsEnded } from '../jobs';
import { failedWords, loadFailed, t } from '../messages/language';
import { nameOf, useDeleted, useLimits, useOverview, useWebhook } from '../overview';
import { Button } from '../parts/Button';
import { Select } from '../parts/Field';
import { Crumb, Heading } from '../parts/Frame';
import { Loaded, Skeleton } from '../parts/Loading';
import { ZoneChoice } from '../parts/Time';
import { queried, route, setQuery } from '../route';
import { can } from '../session';
import { backTo, type periods } from './rows';
import { Acting } from './Acting';
import { behindOf, filterOf, groupsOf, queuesOf, type Group, type Look } from './groups';
import { Behind } from './Behind';
import { Letters } from './Letters';

const sinces = ['any', 'hour', 'day', 'week'] as const;

interface Groups {
  readonly items: readonly DeadLetterGroup[];
  readonly complete: boolean;
  /** When they were asked for, or later, so that all of them lie before it: the clock here may be behind. */
  readonly asOf: number;
  /** What was looked at. */
  readonly look: Look;
  readonly behind: number | null;
}

/** S7: what failed for good, of one webhook or of all. */
export function FailedEvents({ subscriptionId }: { subscriptionId?: string }) {
  const { query } = route.value;
  const webhook = subscriptionId ?? query.get('webhook');
  const event = queried('event', ['', ...eventNames]) || null;
  const period = queried('since', sinces);
  const resource = useResource(JSON.stringify(['groups', webhook, event, period]), signal =>
    load({ subscriptionId: webhook, event, from: backTo(period) }, signal));
  const [refreshes, setRefreshes] = useState(0);
  const anew = jobsEnded.value + refreshes;
  useEffect(() => { if (anew > 0) resource.refresh(); }, [anew]);
  const days = useLimits()?.deadLetters.retentionDays;
  const isFiltered = event !== null || period !== 'any' || (webhook !== null && !subscriptionId);

  return (
    <>
      {!subscriptionId && (
        <>
          {webhook === noticesId ? <Crumb to="/notices">{t.notices.title}</Crumb>
            : <Crumb to="/">{t.webhooks}</Crumb>}
          <Heading title={t.webhook.failed} />
        </>
      )}
      <div class="row between">
        <Filters webhook={webhook} event={event} period={period} isAll={!subscriptionId} />
        <Button small kind="quiet" onClick={() => setRefreshes(refreshes + 1)}>{t.refresh}</Button>
      </div>
      <Loaded
        resource={resource} title={t.failedEvents.failed}
        skeleton={<Skeleton text={t.loading} kind="flat" count={4} />}
      >
        {({ items, complete, asOf, look, behind }) => (
          <>
            {items.length > 0 ? (
              <Choice
                groups={groupsOf(items)} look={look} asOf={asOf} isComplete={complete} anew={anew}
                isAll={!subscriptionId} refresh={resource.refresh}
              />
            ) : !Number.isNaN(behind) && (
              <div class="empty">
                <p>
                  {!isFiltered && behind === null && <span class="good" aria-hidden="true">✓ </span>}
                  {isFiltered ? failedWords.emptyFiltered : t.failedEvents.empty}
                </p>
              </div>
            )}
            {!complete && <p class="note">{failedWords.incomplete}</p>}
            <Behind time={behind} />
          </>
        )}
      </Loaded>
      <p class="row below quiet">{days && <span>{t.failedEvents.keptFor(days)}</span>}<ZoneChoice /></p>
    </>
  );
}

async function load(look: Look, signal: AbortSignal): Promise<Answer<Groups>> {
  const asked = now();
  const [words, ...answers] = await Promise.all([
    later(loadFailed), ...queuesOf(look).map(queue => groupDeadLetters({ ...filterOf(look), queue }, signal)),
  ]);
  const failed = [words, ...answers].find(answer => answer.failure);
  if (failed?.failure) return { failure: failed.failure };
  const found = answers.map(({ data }) => data!);
  return {
    data: {
      items: found.flatMap(({ items }) => items), complete: found.every(({ complete }) => complete),
      // A time here is cut off after its milliseconds.
      asOf: Math.max(asked, ...found.map(({ countedTo }) => Date.parse(countedTo ?? '') + 1 || 0)),
      look, behind: behindOf(found),
    },
    etag: null,
  };
}

function Filters({ webhook, event, period, isAll }: {
  webhook: string | null; event: string | null; period: keyof typeof periods; isAll: boolean;
}) {
  const webhooks = useOverview().data?.subscriptions ?? [];
  return (
    <div class="filters">
      {isAll && (
        <Select
          label={t.failedEvents.webhook} value={webhook ?? ''}
          onChange={value => setQuery({ webhook: value, ...(value === noticesId ? { event: null } : {}) })}
          options={[
            ['', t.all], ...webhooks.map(one => [one.id, nameOf(one)] as const), [noticesId, t.notices.title],
          ]}
        />
      )}
      {webhook !== noticesId && (
        <Select
          label={t.failedEvents.event} value={event ?? ''} onChange={value => setQuery({ event: value })}
          options={[['', t.all], ...eventNames.map(name => [name, eventText(name)] as const)]}
        />
      )}
      <Select
        label={t.failedEvents.since} value={period}
        onChange={value => setQuery({ since: value === 'any' ? null : value })}
        options={sinces.map(name => [name, t.activity[name]] as const)}
      />
    </div>
  );
}

function Choice({ groups, look, asOf, isComplete, anew, isAll, refresh }: {
  groups: readonly Group[]; look: Look; asOf: number; isComplete: boolean; anew: number; isAll: boolean;
  refresh: () => void;
}) {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  // In the address, so that whoever has looked into one comes back to it.
  const open = route.value.query.get('group');
  const [acting, setActing] = useState<'replay' | 'discard' | null>(null);
  const chosen = groups.filter(({ key }) => keys.has(key));
  const isDeleted = useDeleted();
  const countIn = (some: readonly Group[]): number => some.reduce((sum, group) => sum + group.count, 0);
  const count = countIn(chosen);
  const sendable = countIn(chosen.filter(({ subscriptionId }) => !isDeleted(subscriptionId)));
  const why = chosen.length === 0 ? failedWords.nothingChosen : null;
  const toggle = (key: string, on: boolean): void => {
    const next = new Set(keys);
    if (on) next.add(key);
    else next.delete(key);
    setKeys(next);
  };
  const one = look.subscriptionId ?? (chosen.length > 0 ? chosen[0]!.subscriptionId : null);
  // Notices are tested where they are set.
  const tested = one === noticesId || isDeleted(one) ? null : one;
  return (
    <>
      {can('recover') && (
        <label class="check all">
          <input
            type="checkbox" checked={chosen.length === groups.length}
            ref={box => { if (box) box.indeterminate = chosen.length > 0 && chosen.length < groups.length; }}
            onChange={({ currentTarget: { checked } }) =>
              setKeys(new Set(checked ? groups.map(({ key }) => key) : []))}
          />
          <span>{failedWords.chooseAll}</span>
        </label>
      )}
      <ul class="groups">
        {groups.map(group => (
          <GroupLine
            key={group.key} group={group} look={look} anew={anew} isAll={isAll} isChosen={keys.has(group.key)}
            isOpen={open === group.key} onChoose={on => toggle(group.key, on)}
            onOpen={() => setQuery({ group: open === group.key ? null : group.key })}
          />
        ))}
      </ul>
      {can('recover') && (
        <div class="actions bar">
          {chosen.length > 0 && (
            <span class="figures">
              {failedWords.chosen(
                chosen.length, countOf(count, chosen.every(({ subscriptionId }) => subscriptionId === noticesId)))}
            </span>
          )}
          <Button
            kind="primary" changes onClick={() => setActing('replay')}
            reason={why ?? (sendable === 0 ? t.failedEvents.ofDeleted(count) : null)}
          >
            {sendable > 0 ? failedWords.sendAgainMany(sendable) : t.failedEvents.sendAgain}
          </Button>
          <Button kind="danger" changes reason={why} onClick={() => setActing('discard')}>
            {failedWords.deleteMany}
          </Button>
          {tested && (
            <span class="row before">
              <span class="hint">{failedWords.before}</span> <TestButton small id={tested} />
            </span>
          )}
        </div>
      )}
      {acting && (
        <Acting
          kind={acting} chosen={chosen} groups={groups} look={look} asOf={asOf} isComplete={isComplete}
          onClose={() => setActing(null)}
          onDone={() => {
            setActing(null);
            setKeys(new Set());
            refresh();
          }}
        />
      )}
    </>
  );
}

function GroupLine({ group, look, anew, isAll, isChosen, isOpen, onChoose, onOpen }: {
  group: Group; look: Look; anew: number; isAll: boolean; isChosen: boolean; isOpen: boolean;
  onChoose: (on: boolean) => void; onOpen: () => void;
}) {
  const isDeleted = useDeleted();
  const webhook = useWebhook(group.subscriptionId ?? '');
  const name = webhook ? nameOf(webhook)
    : group.subscriptionId === noticesId ? t.notices.title
    : isDeleted(group.subscriptionId) ? failedWords.deletedWebhook
    : group.subscriptionId ? t.failedEvents.webhook : failedWords.unreadable;
  const title = isAll ? `${name} · ${reasonOf(group)}` : reasonOf(group);
  const said = (at: string): string => spoken(Date.parse(at), now());
  const range = failedWords.range(said(group.oldest), said(group.newest));
  return (
    <li>
      <div class="group">
        {can('recover') && (
          <input
            type="checkbox" checked={isChosen} aria-label={failedWords.choose(title)}
            onChange={({ currentTarget }) => onChoose(currentTarget.checked)}
          />
        )}
        <button type="button" class="disclose" aria-expanded={isOpen} onClick={onOpen}>
          <span class="group-title">
            {isAll && <strong>{name}</strong>}
            <span>{reasonOf(group)}</span>
            {isAll && webhook?.name && <span class="quiet break">{shortUrl(webhook.url)}</span>}
          </span>
          <span class="figures count">{number(group.count)}</span>
          <span class="quiet figures range">{range}</span>
        </button>
      </div>
      {isOpen && <Letters group={group} look={look} anew={anew} />}
    </li>
  );
}

/** Why a group failed, in our words: by the last attempt, else by the reason. */
function reasonOf({ lastStatus, lastErrorClass, reason }: Group): string {
  if (lastStatus !== null || lastErrorClass) return advise({ status: lastStatus, errorClass: lastErrorClass }).what;
  const words = failedWords.reasons as Readonly<Record<string, string>>;
  return words[reason ?? ''] ?? reason ?? t.outcomes.Unknown;
}
