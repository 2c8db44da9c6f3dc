// Reads docs/recipes into data that the page shows as text: no Markdown at run time, and no HTML anywhere.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Every recipe of a folder, in the order of their names.
 * A span is a string, or [kind, text] with kind 'code', 'strong' or 'em'. A link is its text alone: where it leads is a
 * file beside the recipe, which a page cannot open.
 */
export function recipes(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter(name => name.endsWith('.md') && name !== 'README.md').sort()
    .map(name => recipe(name.slice(0, -3), readFileSync(join(folder, name), 'utf8')));
}

// What a receiver consists of: its program, and what it needs to be started. One belongs to the guide of its id.
const programs = [
  { id: 'csharp', title: 'C#', folder: 'csharp', files: ['Program.cs', 'Receiver.csproj'] },
  { id: 'csharp-by-hand', title: 'C# without a package', folder: 'csharp-by-hand',
    files: ['Program.cs', 'ReceiverByHand.csproj'] },
  { id: 'javascript', title: 'JavaScript', folder: 'javascript', files: ['receiver.mjs', 'package.json'] },
  { id: 'python', title: 'Python', folder: 'python', files: ['receiver.py'] },
  { id: 'node-red', title: 'Node-RED', folder: 'node-red', files: ['flow.json'] },
];

/** The receivers of a folder, each with the text of its files. */
export function receivers(folder) {
  return programs.map(({ folder: own, files, ...program }) => ({
    ...program,
    files: files.map(name => ({ name, text: readFileSync(join(folder, own, name), 'utf8').trimEnd() })),
  }));
}

function recipe(id, text) {
  const blocks = blocksOf(text.split('\n'));
  const title = blocks.find(block => block.kind === 'h1')?.text[0] ?? id;
  return { id, title, blocks: blocks.filter(block => block.kind !== 'h1') };
}

const fence = /^\s*```(\w*)/;
const heading = /^(#{1,2}) (.*)/;
const item = /^(\s*)([-*]|\d+\.) (.*)/;

function blocksOf(lines) {
  const blocks = [];
  const ofLanguage = {};
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    if (/^(###|\|)/.test(line)) throw new Error(`The page shows no such heading, and no table: ${line}`);
    if (fence.test(line)) {
      const [, language] = fence.exec(line);
      const end = lines.findIndex((other, index) => index > at && fence.test(other));
      if (end < 0) throw new Error(`A block of code does not end: ${line}`);
      // Whoever hears the blocks has to tell them apart.
      const number = ofLanguage[language] = (ofLanguage[language] ?? 0) + 1;
      const name = number > 1 ? `${language} ${number}` : language;
      blocks.push({ kind: 'code', name, text: lines.slice(at + 1, end).join('\n') });
      at = end + 1;
    } else if (heading.test(line)) {
      const [, level, text] = heading.exec(line);
      blocks.push({ kind: `h${level.length}`, text: spans(text) });
      at++;
    } else if (item.test(line)) {
      const ordered = /^\d/.test(item.exec(line)[2]);
      const items = [];
      while (at < lines.length && lines[at].trim() !== '' && !fence.test(lines[at]) && !heading.test(lines[at])) {
        const next = item.exec(lines[at]);
        if (next) items.push(next[3]);
        else items[items.length - 1] += ` ${lines[at].trim()}`;
        at++;
      }
      blocks.push({ kind: ordered ? 'ol' : 'ul', items: items.map(spans) });
    } else if (line.trim() === '') {
      at++;
    } else {
      const start = at;
      while (at < lines.length && lines[at].trim() !== '' && !item.test(lines[at]) && !fence.test(lines[at])) at++;
      blocks.push({ kind: 'p', text: spans(lines.slice(start, at).map(part => part.trim()).join(' ')) });
    }
  }
  return blocks;
}

function spans(text) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(/`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\([^)]+\)/g)) {
    if (match.index > end) found.push(text.slice(end, match.index));
    const [, code, strong, em, link] = match;
    found.push(code ? ['code', code] : strong ? ['strong', strong] : em ? ['em', em] : link);
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push(text.slice(end));
  return found;
}
