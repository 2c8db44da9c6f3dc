'use strict';

// node journal.test.cjs <journal.js> <the installation of Azurite> <an empty folder>

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { mock } = require('node:test');

const [script, installation, folder] = process.argv.slice(2);
const Loki = require(require.resolve('lokijs', { paths: [installation] }));
const { Journal, readLines } = require(script);

const file = path.join(folder, 'tables.json');
const full = () => {
  throw new Error('ENOSPC');
};

async function open() {
  const db = new Loki(file, { persistenceMethod: 'fs' });
  readLines(db);
  await new Promise((resolve) => db.loadDatabase({}, resolve));
  return { db, journal: new Journal(db) };
}

const names = (db) => db.getCollection('rows').data.map((row) => row.name);

async function isFullForAWhile() {
  const waiting = [];
  const timers = mock.method(globalThis, 'setTimeout', (then) => waiting.push(then));
  const complaints = mock.method(console, 'error', () => {});
  const { db, journal } = await open();
  const rows = db.addCollection('rows', { indices: ['name'] });
  rows.insert({ name: 'before' });
  assert.equal(journal.write(), true);

  // Half of a line fits, and then nothing.
  const { writeSync } = fs;
  const disk = mock.method(fs, 'writeSync', full);
  disk.mock.mockImplementationOnce((to, what) => writeSync(to, what.subarray(0, 7)));
  rows.insert({ name: 'while full' });
  assert.equal(journal.write(), false);
  rows.insert({ name: 'while still full' });
  assert.equal(journal.write(), false);
  waiting.pop()();
  assert.equal(complaints.mock.callCount(), 2);
  assert.match(complaints.mock.calls[0].arguments[0], /could not save its data, and will try again: ENOSPC/);

  disk.mock.restore();
  waiting.pop()();
  assert.equal(waiting.length, 0);
  timers.mock.restore();
  complaints.mock.restore();
  assert.deepEqual(names((await open()).db), ['before', 'while full', 'while still full']);
}

async function endsOnAFullDisk() {
  const { db, journal } = await open();
  const complaints = mock.method(console, 'error', () => {});
  const whole = mock.method(fs, 'writeFileSync', full);
  db.getCollection('rows').insert({ name: 'last' });
  journal.close();
  assert.match(complaints.mock.calls[0].arguments[0], /goes on with their journal: ENOSPC/);
  const disk = mock.method(fs, 'writeSync', full);
  db.getCollection('rows').insert({ name: 'lost' });
  assert.throws(() => journal.close(), /ENOSPC/);
  mock.restoreAll();
  complaints.mock.restore();
  assert.deepEqual([whole, disk].map((used) => used.mock.callCount()), [2, 1]);
  assert.equal(names((await open()).db).at(-1), 'last');
  assert.deepEqual(fs.readdirSync(folder).sort(), ['tables.json', 'tables.json.journal']);
}

// The bound is 64 MB.
async function isWrittenAsAWhole() {
  const { db, journal } = await open();
  const before = names(db).length;
  for (let number = 0; number < 70; number++) {
    db.getCollection('rows').insert({ name: `long ${number}`, value: 'x'.repeat(1024 * 1024) });
    journal.write();
  }
  assert.ok(fs.statSync(`${file}.journal`).size < 10 * 1024 * 1024);
  assert.ok(fs.statSync(file).size > 60 * 1024 * 1024);
  assert.equal(names((await open()).db).length, before + 70);
}

// A string can have some 512 MB; here it can have 8.
async function isLongerThanAString() {
  const before = names((await open()).db);
  const most = 8 * 1024 * 1024;
  const bounded = (of, name) => {
    const whole = of[name].bind(of);
    mock.method(of, name, (...args) => {
      const result = whole(...args);
      if ([args[0], result].some((text) => typeof text === 'string' && text.length > most)) {
        throw new RangeError('Invalid string length');
      }
      return result;
    });
  };
  bounded(JSON, 'stringify');
  bounded(JSON, 'parse');
  bounded(fs, 'readFileSync');
  const { db, journal } = await open();
  for (let number = 0; number < 20; number++) {
    db.getCollection('rows').insert({ name: `longer ${number}`, value: 'x'.repeat(1024 * 1024) });
    journal.write();
  }
  const after = names((await open()).db);
  mock.restoreAll();
  assert.equal(after.length, before.length + 20);
  assert.deepEqual(after, names((await open()).db));
}

async function takesOverWhatAnEarlierVersionWrote() {
  const { db } = await open();
  fs.writeFileSync(file, db.serialize());
  const taken = await open();
  assert.deepEqual(names(taken.db), names(db));
  assert.deepEqual(taken.db.getCollection('rows').data, db.getCollection('rows').data);
}

(async () => {
  await isFullForAWhile();
  await endsOnAFullDisk();
  await isWrittenAsAWhole();
  await isLongerThanAString();
  await takesOverWhatAnEarlierVersionWrote();
  console.log('all held');
})();
