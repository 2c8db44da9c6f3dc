import type { ComponentChildren } from 'preact';
import { lostSince } from '../api/connection';
import { noAnswer, type Answer } from '../api/client';
import { useResource } from '../api/resource';
import { isGerman, loadReceiver, receiver, t } from '../messages/language';
import { Select } from './Field';
import { Loaded, Skeleton } from './Loading';
import { GuideText, type Program, type Recipe } from './Recipe';

interface Guides {
  readonly recipes: readonly Recipe[];
  readonly programs: readonly Program[];
}

async function loadGuides(): Promise<Answer<Guides>> {
  try {
    const [{ default: recipes }, { default: programs }] = await Promise.all([
      isGerman() ? import('recipes-de') : import('recipes'), import('receivers'), loadReceiver(),
    ]);
    return { data: { recipes, programs }, etag: null };
  } catch (error) {
    // What every browser throws when a file does not come.
    if (!(error instanceof TypeError)) throw error;
    const isOffline = !navigator.onLine || lostSince.value !== null;
    // With a connection, the files of this page are gone from the app: there are newer ones.
    return { failure: isOffline ? noAnswer : { ...noAnswer, status: 404, code: 'out_of_date' } };
  }
}

/** Loads the guides, and with them the words of all that is said about receivers. */
export function WithGuides({ children }: { children: (guides: Guides) => ComponentChildren }) {
  const guides = useResource('guides', loadGuides);
  return (
    <Loaded resource={guides} title={t.noGuides} skeleton={<Skeleton text={t.loading} kind="flat" />}>
      {children}
    </Loaded>
  );
}

/** How a receiver is set up, tool by tool. */
export function Guide({ guides: { recipes, programs }, tool, onChange }: {
  guides: Guides;
  /** Null for the first one. */
  tool: string | null;
  onChange: (tool: string) => void;
}) {
  const shown = tool ?? recipes[0]?.id ?? 'other';
  const recipe = recipes.find(({ id }) => id === shown);
  const program = programs.find(({ id }) => id === shown);
  return (
    <section class="guide" aria-label={t.webhook.receiver}>
      <Select
        label={receiver.tool} value={shown} onChange={onChange}
        options={[
          ...new Map([...recipes, ...programs].map(({ id, title }) => [id, title])), ['other', receiver.other],
        ]}
      />
      {recipe || program ? <GuideText recipe={recipe} program={program} /> : <p>{receiver.otherText}</p>}
    </section>
  );
}
