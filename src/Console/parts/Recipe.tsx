import type { ComponentChildren } from 'preact';
import { receiver, t } from '../messages/language';
import { Code } from './Copy';

type Span = string | readonly ['code' | 'strong' | 'em', string];

type Block =
  | { readonly kind: 'h2' | 'p'; readonly text: readonly Span[] }
  | { readonly kind: 'ol' | 'ul'; readonly items: readonly (readonly Span[])[] }
  | { readonly kind: 'code'; readonly name: string; readonly text: string };

/** A guide for a tool, made from docs/recipes when the page is built. */
export interface Recipe {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** What can be copied whole, made from samples/receivers when the page is built: a program, or what a guide imports. */
export interface Program {
  readonly id: string;
  readonly title: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** A guide as text, a program file by file, or a guide with its files: nothing of it is HTML. */
export function GuideText({ recipe, program }: { recipe: Recipe | undefined; program: Program | undefined }) {
  const title = (recipe ?? program)!.title;
  return (
    <article class="recipe">
      <h2>{title}</h2>
      {recipe ? recipe.blocks.map((block, index) => <BlockText key={index} block={block} title={title} />)
        : <p>{receiver.code}</p>}
      {program?.files.map(({ name, text }) => (
        <div key={name} class="file">
          <h3><code>{name}</code></h3>
          <Code text={text} label={name} />
        </div>
      ))}
    </article>
  );
}

function BlockText({ block, title }: { block: Block; title: string }) {
  switch (block.kind) {
    case 'h2': return <h3>{spans(block.text)}</h3>;
    case 'p': return <p>{spans(block.text)}</p>;
    case 'ol': return <ol>{block.items.map((item, index) => <li key={index}>{spans(item)}</li>)}</ol>;
    case 'ul': return <ul>{block.items.map((item, index) => <li key={index}>{spans(item)}</li>)}</ul>;
    case 'code': return <Code text={block.text} label={`${title}, ${block.name || t.copy}`} />;
  }
}

function spans(text: readonly Span[]): ComponentChildren {
  return text.map((span, index) => {
    if (typeof span === 'string') return span;
    const [Kind, inner] = span;
    return <Kind key={index}>{inner}</Kind>;
  });
}
