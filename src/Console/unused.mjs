// Finds what is exported and used in its own file only: the compiler takes every export for used.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const exported = /^export (?:async )?(?:const|let|function|interface|type) (\w+)/gm;
const imported = /\{([^{}]*)\} from '([.][^']*)'/g;
// A whole file is used by who loads it later.
const loaded = /import\('([.][^']*)'\)/g;

/** The exports that no file imports, each as `file: name`. What openapi-typescript writes is not ours to judge. */
export function unusedExports(folder) {
  const files = readdirSync(folder, { recursive: true })
    .filter(file => /[.]tsx?$/.test(file) && !/^node_modules|[.]d[.]ts$/.test(file));
  const texts = files.map(file => [file.replace(/[.]tsx?$/, ''), readFileSync(join(folder, file), 'utf8')]);
  const found = (text, pattern) => [...text.matchAll(pattern)].map(([, ...parts]) => parts);
  const used = new Set(texts.flatMap(([file, text]) => {
    const path = from => normalize(join(dirname(file), from));
    const names = found(text, imported).flatMap(([names, from]) =>
      names.split(',').map(name => `${path(from)}: ${name.trim().replace(/^type /, '')}`));
    return [...names, ...found(text, loaded).map(([from]) => path(from))];
  }));
  return texts.filter(([file]) => !used.has(file))
    .flatMap(([file, text]) => found(text, exported).map(([name]) => `${file}: ${name}`))
    .filter(name => !used.has(name));
}
