// Makes the page: `node build.mjs` checks types, exports and texts, and writes the bundle that the app embeds.
// `--watch` serves the page with the fake server instead, and reloads it at every change. The same sources give the
// same bytes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { literals } from './literals.mjs';
import { receivers, recipes } from './recipes.mjs';
import { unusedExports } from './unused.mjs';

const here = import.meta.dirname;
const out = join(here, '../Atrium.Functions/Console/wwwroot');
const watch = process.argv.includes('--watch');

// The page: the entry, which loads the words of one language, and the recipes only when they are wanted.
const page = {
  absWorkingDir: here,
  entryPoints: { console: 'main.tsx', styles: 'styles/console.css' },
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['chrome123', 'firefox128', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  charset: 'utf8',
  legalComments: 'none',
  minify: !watch,
  sourcemap: watch ? 'inline' : false,
  define: { WATCHED: String(watch) },
  entryNames: watch ? '[name]' : '[name]-[hash]',
  chunkNames: watch ? '[name]' : '[name]-[hash]',
  metafile: true,
  write: false,
  outdir: out,
  plugins: [{
    name: 'recipes',
    setup(build) {
      const texts = {
        recipes: () => recipes(join(here, '../../docs/recipes')),
        'recipes-de': () => recipes(join(here, '../../docs/recipes/de')),
        receivers: () => receivers(join(here, '../../samples/receivers')),
      };
      build.onResolve({ filter: /^(recipes(-de)?|receivers)$/ }, ({ path }) => ({ path, namespace: 'texts' }));
      build.onLoad({ filter: /.*/, namespace: 'texts' }, ({ path }) =>
        ({ contents: JSON.stringify(texts[path]()), loader: 'json' }));
    },
  }],
};

/** The files of the bundle by name, compressed ones not among them. */
function filesOf(result) {
  const files = new Map(result.outputFiles.map(file => [basename(file.path), Buffer.from(file.contents)]));
  const named = start => [...files.keys()].find(name => name.startsWith(start));
  const index = readFileSync(join(here, 'index.html'), 'utf8')
    .replace('styles.css', named('styles'))
    .replace('console.js', named('console'));
  files.set('index.html', Buffer.from(index));
  files.set('embed.js', readFileSync(join(here, 'embed.js')));
  return files;
}

/** Writes the files, and a .br and a .gz beside each; removes what was there. */
function write(files) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const [name, content] of files) {
    writeFileSync(join(out, name), content);
    const brotli = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } };
    writeFileSync(join(out, `${name}.br`), brotliCompressSync(content, brotli));
    writeFileSync(join(out, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
}

/** Says how large the page is, and fails beyond the budget: the first load in each language, in bytes as Brotli. */
function measure(metafile) {
  const budget = { all: 60 * 1024, js: 45 * 1024 };
  const size = name => readFileSync(join(out, `${name}.br`)).length;
  const sum = names => names.reduce((total, name) => total + size(name), 0);
  for (const name of readdirSync(out).filter(name => !/\.(br|gz)$/.test(name))) {
    console.log(`${String(size(name)).padStart(7)}  ${name}`);
  }
  for (const language of ['en', 'de']) {
    const loaded = firstLoad(metafile, language);
    const all = sum(loaded);
    const js = sum(loaded.filter(name => name.endsWith('.js')));
    const most = `at most ${budget.all}, of it ${budget.js}`;
    console.log(`${String(all).padStart(7)}  first load (${language}), of it ${js} JavaScript (${most})`);
    if (all > budget.all || js > budget.js) throw new Error('The page is larger than its budget.');
  }
}

/** What is loaded before the first screen is there: the page, the words of one language, and what both import. */
function firstLoad({ outputs }, language) {
  const loaded = new Set(['index.html']);
  const load = path => {
    loaded.add(basename(path));
    outputs[path].imports.filter(({ kind }) => kind === 'import-statement').forEach(({ path }) => load(path));
  };
  const entries = ['main.tsx', 'styles/console.css', `messages/${language}.ts`];
  Object.keys(outputs).filter(path => entries.includes(outputs[path].entryPoint)).forEach(load);
  return [...loaded];
}

function checkTypes() {
  const tsc = join(here, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', here], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

function checkExports() {
  const unused = unusedExports(here);
  if (unused.length > 0) throw new Error(`No other file imports these exports:\n${unused.join('\n')}`);
}

function checkTexts() {
  const found = literals(here);
  if (found.length > 0) throw new Error(`These texts are not from messages/:\n${found.join('\n')}`);
}

if (watch) {
  const { serve } = await import('./fake.mjs');
  const server = serve(Number(process.env.PORT ?? 8010));
  const reload = { name: 'reload', setup: build => build.onEnd(result => {
    if (result.errors.length === 0) server.publish(filesOf(result));
  }) };
  const context = await esbuild.context({ ...page, plugins: [...page.plugins, reload] });
  await context.watch();
} else {
  checkTypes();
  checkExports();
  checkTexts();
  const result = await esbuild.build(page);
  const files = filesOf(result);
  write(files);
  measure(result.metafile);
}
