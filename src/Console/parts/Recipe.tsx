import type { ComponentChildren } from 'preact';
import { receiver, t } from '../messages/language';
import { Code } from './Copy';

type Span = string | readonly ['code' | 'strong' | 'em', string];

type Block =
  | { readonly kind: 'h2' | 'h3' | 'h4' | 'p'; readonly text: readonly Span[] }
  | { readonly kind: 'ol' | 'ul'; readonly items: readonly (readonly Span[])[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly (readonly Span[])[])[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

/** A guide for a tool, made from docs/recipes when the page is built. */
export interface Recipe {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A whole program that receives events, made from samples/receivers when the page is built. */
export interface Program {
  readonly id: string;
  readonly title: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** A program, file by file. */
export function ProgramText({ program }: { program: Program }) {
  return (
    <article class="recipe">
      <h2>{program.title}</h2>
      <p>{receiver.code}</p>
      {program.files.map(({ name, text }) => (
        <div key={name} class="file">
          <h3><code>{name}</code></h3>
          <Code text={text} label={name} />
        </div>
      ))}
    </article>
  );
}

/** A guide as text: nothing of it is HTML. */
export function RecipeText({ recipe }: { recipe: Recipe }) {
  return (
    <article class="recipe">
      <h2>{recipe.title}</h2>
      {recipe.blocks.map((block, index) => <BlockText key={index} block={block} title={recipe.title} />)}
    </article>
  );
}

function BlockText({ block, title }: { block: Block; title: string }) {
  switch (block.kind) {
    case 'h2': return <h3>{spans(block.text)}</h3>;
    case 'h3': case 'h4': return <h4>{spans(block.text)}</h4>;
    case 'p': return <p>{spans(block.text)}</p>;
    case 'ol': return <ol>{block.items.map((item, index) => <li key={index}>{spans(item)}</li>)}</ol>;
    case 'ul': return <ul>{block.items.map((item, index) => <li key={index}>{spans(item)}</li>)}</ul>;
    case 'code': return <Code text={block.text} label={`${title}, ${block.language || t.copy}`} />;
    case 'table': return <Table rows={block.rows} label={title} />;
  }
}

type Rows = Extract<Block, { kind: 'table' }>['rows'];

function Table({ rows: [head = [], ...rows], label }: { rows: Rows; label: string }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead><tr>{head.map((cell, index) => <th key={index} scope="col">{spans(cell)}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, index) => <tr key={index}>{row.map((cell, at) => <td key={at}>{spans(cell)}</td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

function spans(text: readonly Span[]): ComponentChildren {
  return text.map((span, index) => {
    if (typeof span === 'string') return span;
    const [Kind, inner] = span;
    return <Kind key={index}>{inner}</Kind>;
  });
}
