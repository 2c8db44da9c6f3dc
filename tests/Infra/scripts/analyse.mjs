// Has Kusto's own parser analyse the queries, given as JSON, text by name, in the first argument; prints, by name, the
// faults of each, and the errors that it would have in a workspace without one of its tables, by table.
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
const whole = workspace(Object.keys(tables));
const lacking = Object.keys(tables).map(
  (name) => [name, workspace(Object.keys(tables).filter((other) => other !== name))],
);

const queries = JSON.parse(process.argv[2]);
const answer = Object.entries(queries).map(
  ([name, query]) => [name, { faults: faults(query, whole), without: without(query) }],
);
console.log(JSON.stringify(Object.fromEntries(answer)));

function workspace(names) {
  const symbols = names.map((name) => new Symbols.TableSymbol.$ctor7(name, `(${tables[name]})`, null));
  return GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('workspace', symbols));
}

// Without a table that it does not read, nothing is said of the query that is not said otherwise.
function without(query) {
  const said = faults(query, whole).join();
  const missed = lacking.filter(([, globals]) => faults(query, globals).join() !== said);
  return Object.fromEntries(missed.map(([name, globals]) => [
    name,
    [...faults(query, globals), ...faults(leaveOut(query, name), globals)].filter((one) => one.includes(' Error ')),
  ]));
}

// As the engine does with a leg that is not there. The parser takes it for one that may have any column.
function leaveOut(query, name) {
  return query.replace(/(?<=union isfuzzy=true )\w+(, \w+)+/, (legs) =>
    legs.split(', ').filter((leg) => leg !== name).join(', '));
}

function faults(query, globals) {
  const diagnostics = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  return Array.from({ length: diagnostics.Count }, (_, i) => diagnostics.getItem(i))
    .filter(({ Severity }) => Severity === 'Error' || Severity === 'Warning')
    .map(({ Start, Severity, Code, Message }) => `${position(query, Start)} ${Severity} ${Code}: ${Message}`);
}

function position(text, offset) {
  const lines = text.slice(0, offset).split('\n');
  return `${lines.length}:${lines.at(-1).length + 1}`;
}
