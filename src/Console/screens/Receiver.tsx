import { useEffect, useState } from 'preact/hooks';
import { getEvents, type EventName } from '../api/calls';
import { useResource } from '../api/resource';
import { eventText } from '../explain';
import { language, t } from '../messages/language';
import { useWebhook } from '../overview';
import { Code, Copy } from '../parts/Copy';
import { Select } from '../parts/Field';
import { Crumb, Heading } from '../parts/Frame';
import { Loaded, Skeleton } from '../parts/Loading';
import { ProgramText, RecipeText, type Program, type Recipe } from '../parts/Recipe';
import { setQuery, route } from '../route';
import { SignatureCheck } from './SignatureCheck';

/** S6: how to set up what receives the events. */
export function Receiver({ webhook }: { webhook: string | null }) {
  return (
    <>
      {!webhook && <><Crumb to="/">{t.webhooks}</Crumb><Heading title={t.webhook.receiver} /></>}
      {webhook && <Facts id={webhook} />}
      <Guide />
      <Samples />
      {webhook ? <SignatureCheck id={webhook} /> : <p class="hint">{t.receiver.noWebhook}</p>}
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
        <dt>{t.receiver.yourUrl}</dt>
        <dd class="break">{webhook.url}<Copy text={webhook.url} what={t.receiver.yourUrl} /></dd>
      </div>
      <div><dt>{t.receiver.yourEvents}</dt><dd>{events}</dd></div>
    </dl>
  );
}

interface Guides {
  readonly recipes: readonly Recipe[];
  readonly programs: readonly Program[];
}

async function loadGuides(): Promise<Guides> {
  const isGerman = /^de\b/.test(language.value);
  const [{ default: recipes }, { default: programs }] =
    await Promise.all([isGerman ? import('recipes-de') : import('recipes'), import('receivers')]);
  return { recipes, programs };
}

function Guide() {
  const [guides, setGuides] = useState<Guides | null>(null);
  useEffect(() => { void loadGuides().then(setGuides); }, []);
  if (!guides) return <Skeleton text={t.loading} kind="flat" />;
  const { recipes, programs } = guides;
  const tool = route.value.query.get('tool') ?? recipes[0]?.id ?? 'other';
  const recipe = recipes.find(({ id }) => id === tool);
  const program = programs.find(({ id }) => id === tool);
  return (
    <section class="guide" aria-label={t.webhook.receiver}>
      <Select
        label={t.receiver.tool} value={tool} onChange={value => setQuery({ tool: value })}
        options={[
          ...[...recipes, ...programs].map(({ id, title }) => [id, title] as const), ['other', t.receiver.other],
        ]}
      />
      {recipe ? <RecipeText recipe={recipe} /> : program ? <ProgramText program={program} />
        : <p>{t.receiver.otherText}</p>}
    </section>
  );
}

function Samples() {
  const resource = useResource('events', getEvents);
  const [event, setEvent] = useState<EventName>('visitor.checked_in');
  return (
    <section aria-labelledby="samples">
      <h2 id="samples">{t.receiver.samples}</h2>
      <p class="hint">{t.receiver.samplesHint}</p>
      <Loaded resource={resource} title={t.receiver.failed} skeleton={<Skeleton text={t.loading} kind="flat" />}>
        {({ items }) => {
          const kind = items.find(one => one.event === event) ?? items[0];
          return kind && (
            <>
              <Select
                label={t.test.event} value={kind.event} onChange={setEvent}
                options={items.map(one => [one.event, eventText(one.event)] as const)}
              />
              <Code text={JSON.stringify(kind.sample, null, 2)} label={t.receiver.sampleOf(eventText(kind.event))} />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
