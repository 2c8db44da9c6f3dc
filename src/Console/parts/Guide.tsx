import type { ComponentChildren } from 'preact';
import { later } from '../api/later';
import { useResource } from '../api/resource';
import { isGerman, loadReceiver, receiver, t } from '../messages/language';
import { Select } from './Field';
import { Loaded, Skeleton } from './Loading';
import { GuideText, type Program, type Recipe } from './Recipe';

interface Guides {
  readonly recipes: readonly Recipe[];
  readonly programs: readonly Program[];
}

async function loadGuides(): Promise<Guides> {
  const [{ default: recipes }, { default: programs }] = await Promise.all([
    isGerman() ? import('recipes-de') : import('recipes'), import('receivers'), loadReceiver(),
  ]);
  return { recipes, programs };
}

/** Loads the guides, and with them the words of all that is said about receivers. */
export function WithGuides({ children }: { children: (guides: Guides) => ComponentChildren }) {
  const guides = useResource('guides', () => later(loadGuides));
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
