'use strict';

// node partitions.test.cjs <partitions.js> <the installation of Azurite>

const assert = require('node:assert/strict');

const [script, installation] = process.argv.slice(2);
const load = (name) => require(require.resolve(name, { paths: [installation] }));
const Loki = load('lokijs');
const parse = load('azurite/dist/src/table/persistence/QueryInterpreter/QueryParser').default;
const { readByPartition } = require(script);

const rows = new Loki('rows').addCollection('rows');
for (const PartitionKey of ['a', 'b']) {
  for (const RowKey of ['3', '1', '2']) {
    rows.insert({ PartitionKey, RowKey });
  }
}

const store = {
  getEntityCollection: () => rows,
  queryTableEntities() {
    return this.getEntityCollection().chain().where(() => true).data();
  },
};
readByPartition(store, parse);

const read = (filter) =>
  store.queryTableEntities({}, 'account', 'table', { filter }).map((row) => row.PartitionKey + row.RowKey).sort();

const all = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3'];
for (const [filter, expected] of [
  ["PartitionKey eq 'a'", ['a1', 'a2', 'a3']],
  ["PartitionKey eq 'b' and RowKey ge '2'", ['b2', 'b3']],
  ["(RowKey lt '3') and (PartitionKey eq 'b' and RowKey ge '2')", ['b2']],
  ["PartitionKey eq 'a' and RowKey eq '2' and Other eq 5", ['a2']],
  ["PartitionKey eq 'a' and RowKey le '2'", ['a1', 'a2']],
  ["PartitionKey eq 'c'", []],
  ["PartitionKey eq 'a' or RowKey eq '2'", all],
  ["not (PartitionKey eq 'a')", all],
  ["RowKey eq '2'", all],
  ['PartitionKey eq 5L', all],
  [undefined, all],
]) {
  assert.deepEqual(read(filter), expected, filter);
}
console.log('all held');
