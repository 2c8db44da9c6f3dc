import { useState } from 'preact/hooks';
import { getEvents, type EventName } from '../api/calls';
import { useResource } from '../api/resource';
import { eventText } from '../explain';
import { receiver, t } from '../messages/language';
import { useWebhook } from '../overview';
import { Code, Copy } from '../parts/Copy';
import { Select } from '../parts/Field';
import { Crumb, Heading } from '../parts/Frame';
import { Guide, WithGuides } from '../parts/Guide';
import { Loaded, Skeleton } from '../parts/Loading';
import { setQuery, route } from '../route';
import { SignatureCheck } from './SignatureCheck';

/** S6: how to set up what receives the events. */
export function Receiver({ webhook }: { webhook: string | null }) {
  return (
    <>
      {!webhook && <><Crumb to="/">{t.webhooks}</Crumb><Heading title={t.webhook.receiver} /></>}
      <WithGuides>
        {guides => (
          <>
            {webhook && <Facts id={webhook} />}
            <Guide guides={guides} tool={route.value.query.get('tool')} onChange={tool => setQuery({ tool })} />
            <Samples />
            {webhook ? <SignatureCheck id={webhook} /> : <p class="hint">{receiver.noWebhook}</p>}
          </>
        )}
      </WithGuides>
    </>
  );
}

function Facts({ id }: { id: string }) {
  const webhook = useWebhook(id);
  if (!webhook) return null;
  const events = webhook.events.includes('*') ? t.all : webhook.events.map(eventText).join(', ');
  return (
    <dl class="headers facts">
      <div>
        <dt>{receiver.yourUrl}</dt>
        <dd class="break">{webhook.url}<Copy text={webhook.url} what={receiver.yourUrl} /></dd>
      </div>
      <div><dt>{receiver.yourEvents}</dt><dd>{events}</dd></div>
    </dl>
  );
}

function Samples() {
  const resource = useResource('events', getEvents);
  const [event, setEvent] = useState<EventName>('visitor.checked_in');
  return (
    <section aria-labelledby="samples">
      <h2 id="samples">{receiver.samples}</h2>
      <p class="hint">{receiver.samplesHint}</p>
      <Loaded resource={resource} title={receiver.failed} skeleton={<Skeleton text={t.loading} kind="flat" />}>
        {({ items }) => {
          const kind = items.find(one => one.event === event) ?? items[0];
          return kind && (
            <>
              <Select
                label={t.test.event} value={kind.event} onChange={setEvent}
                options={items.map(one => [one.event, eventText(one.event)] as const)}
              />
              <Code text={JSON.stringify(kind.sample, null, 2)} label={receiver.sampleOf(eventText(kind.event))} />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
