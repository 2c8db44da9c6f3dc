// Has Kusto's own parser analyse the queries, given as JSON, text by name, in the first argument; prints the faults of
// each, by name.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';
import { tables } from './tables.mjs';

// Not modules: they find each other in the global object.
const require = createRequire(import.meta.url);
for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
  vm.runInThisContext(readFileSync(require.resolve(`@kusto/language-service-next/${file}`), 'utf8'), file);
}

const { GlobalState, KustoCode, Symbols } = Kusto.Language;
const symbols = Object.entries(tables).map(
  ([name, columns]) => new Symbols.TableSymbol.$ctor7(name, `(${columns})`, null),
);
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('workspace', symbols));

const queries = JSON.parse(process.argv[2]);
console.log(JSON.stringify(Object.fromEntries(Object.entries(queries).map(([name, query]) => [name, faults(query)]))));

function faults(query) {
  const diagnostics = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  return Array.from({ length: diagnostics.Count }, (_, i) => diagnostics.getItem(i))
    .filter(({ Severity }) => Severity === 'Error' || Severity === 'Warning')
    .map(({ Start, Severity, Code, Message }) => `${position(query, Start)} ${Severity} ${Code}: ${Message}`);
}

function position(text, offset) {
  const lines = text.slice(0, offset).split('\n');
  return `${lines.length}:${lines.at(-1).length + 1}`;
}
