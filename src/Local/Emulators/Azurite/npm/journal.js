'use strict';

const fs = require('node:fs');

// About 60,000 rows. Writing everything anew stops the service for some tenths of a second, so it should be rare.
const MOST_BYTES = 64 * 1024 * 1024;

// What is read or written at a time. The text of all rows may be longer than a string can be.
const SLICE = 1024 * 1024;

// A full disk has room again, or it has not: more tries would not help.
const RETRY_MS = 1_000;

/**
 * Keeps Azurite's database on disk change by change. Its own way, writing everything each few seconds, stops it for
 * longer the more rows there are, and loses what came since.
 *
 * What a request changes is one line of JSON, [[collection, change, what], …]. It is written before the answer, so what
 * was answered outlives a kill, and a request is kept as a whole or not at all. Whoever opens the database applies the
 * lines to what was last written as a whole. Lines that are already part of that change nothing: a row that is inserted
 * has a number above all that its collection has ever had.
 *
 * As a whole, the database is a line of JSON for all but the rows, and one for each row, [collection's number, row].
 */
class Journal {
  #db;
  #path;
  #file;
  #size = 0;
  #bound = MOST_BYTES;
  #changes = [];
  #unwritten = Buffer.alloc(0);
  #retry;

  /** @param db a Loki database that has been loaded as this class writes it, see readLines. */
  constructor(db) {
    this.#db = db;
    this.#path = `${db.filename}.journal`;
    this.#replay();
    this.#file = fs.openSync(this.#path, 'a');
    this.#compact();
    this.#watch();
  }

  /**
   * Writes what has changed; call it before each answer.
   *
   * @returns Whether all of it is on disk; what is not is tried again.
   */
  write() {
    try {
      this.#writeChanges();
    } catch (error) {
      this.#tryLater(error);
    }

    if (this.#size > this.#bound) {
      this.#bound += MOST_BYTES;
      this.#tryToCompact();
    }
    return this.#unwritten.length === 0;
  }

  /** Writes everything for the last time; throws if something is lost. */
  close() {
    clearTimeout(this.#retry);
    if (!this.#tryToCompact()) {
      this.#writeChanges();
    }
  }

  #tryLater(error) {
    if (!this.#retry) {
      console.error(`Azurite could not save its data, and will try again: ${error.message}`);
      this.#retry = setTimeout(() => {
        this.#retry = undefined;
        this.write();
      }, RETRY_MS);
    }
  }

  #writeChanges() {
    if (this.#changes.length > 0) {
      const line = Buffer.from(`[${this.#changes.join()}]\n`);
      this.#unwritten = Buffer.concat([this.#unwritten, line]);
      this.#changes = [];
    }
    while (this.#unwritten.length > 0) {
      const written = fs.writeSync(this.#file, this.#unwritten);
      this.#size += written;
      this.#unwritten = this.#unwritten.subarray(written);
    }
  }

  #tryToCompact() {
    try {
      this.#compact();
      return true;
    } catch (error) {
      console.error(`Azurite could not write its tables as a whole, and goes on with their journal: ${error.message}`);
      return false;
    }
  }

  // Writes the database as a whole, and empties the journal.
  #compact() {
    const unfinished = `${this.#db.filename}.tmp`;
    try {
      writeWhole(this.#db, unfinished);
      fs.renameSync(unfinished, this.#db.filename);
    } catch (error) {
      fs.rmSync(unfinished, { force: true });
      throw error;
    }
    fs.truncateSync(this.#path);
    this.#changes = [];
    this.#unwritten = Buffer.alloc(0);
    this.#size = 0;
    this.#bound = MOST_BYTES;
  }

  #replay() {
    // With an index that is kept up to date at each change, it would take minutes.
    this.#db.collections.forEach((collection) => (collection.adaptiveBinaryIndices = false));
    let number = 0;
    for (const { text, isEnded } of fs.existsSync(this.#path) ? linesOf(this.#path) : []) {
      number++;
      try {
        // One without an end is that of a writer who died before it answered.
        (isEnded ? JSON.parse(text) : []).forEach((change) => this.#apply(...change));
      } catch (error) {
        throw new Error(`line ${number} of ${this.#path} cannot be read: ${error.message}`);
      }
    }
    this.#db.collections.forEach((collection) => {
      collection.ensureAllIndexes(true);
      collection.adaptiveBinaryIndices = true;
    });
  }

  #apply(name, change, what) {
    const collection = this.#db.getCollection(name);
    switch (change) {
      case 'made':
        this.#db.addCollection(name, what).adaptiveBinaryIndices = false;
        break;
      case 'dropped':
        this.#db.removeCollection(name);
        break;
      case 'insert':
        if (collection && what.$loki > collection.maxId) {
          collection.maxId = what.$loki - 1;
          delete what.$loki;
          collection.insert(what);
        }
        break;
      case 'update':
        if (collection?.get(what.$loki)) {
          collection.update(what);
        }
        break;
      case 'delete':
        if (collection?.get(what)) {
          collection.remove(what);
        }
        break;
      default:
        throw new Error(`unknown change ${change}`);
    }
  }

  #watch() {
    // Azurite saves at its start what the journal has.
    this.#db.saveDatabase = (saved) => saved();
    const { addCollection, removeCollection } = this.#db;
    this.#db.addCollection = (name, options) => {
      const existing = this.#db.getCollection(name);
      if (existing) {
        return existing;
      }
      const made = addCollection.call(this.#db, name, options);
      this.#note(name, 'made', options);
      this.#watchRows(made);
      return made;
    };
    this.#db.removeCollection = (name) => {
      removeCollection.call(this.#db, name);
      this.#note(name, 'dropped');
    };
    this.#db.collections.forEach((collection) => this.#watchRows(collection));
  }

  #watchRows(collection) {
    collection.on('insert', (row) => this.#note(collection.name, 'insert', row));
    collection.on('update', (row) => this.#note(collection.name, 'update', row));
    collection.on('delete', (row) => this.#note(collection.name, 'delete', row.$loki));
  }

  // As text at once: Azurite goes on using the row.
  #note(...change) {
    this.#changes.push(JSON.stringify(change));
  }
}

/** Has a Loki database read what its journal has written as a whole, or an earlier version in one line. */
function readLines(db) {
  db.persistenceAdapter.loadDatabase = (file, loaded) => {
    let whole;
    try {
      whole = readWhole(file);
    } catch (error) {
      whole = error;
    }
    loaded(whole);
  };
}

function readWhole(file) {
  let whole = null;
  for (const { text } of linesOf(file)) {
    if (whole) {
      const [collection, row] = JSON.parse(text);
      whole.collections[collection].data.push(row);
    } else {
      whole = JSON.parse(text);
    }
  }
  return whole;
}

function writeWhole(db, file) {
  const to = fs.openSync(file, 'w');
  try {
    let slice = '';
    for (const line of linesOfWhole(db)) {
      slice += `${line}\n`;
      if (slice.length >= SLICE) {
        fs.writeFileSync(to, slice);
        slice = '';
      }
    }
    fs.writeFileSync(to, slice);
    fs.fsyncSync(to);
  } finally {
    fs.closeSync(to);
  }
}

function* linesOfWhole(db) {
  yield JSON.stringify(db, function (key, value) {
    return key === 'data' && db.collections.includes(this) ? [] : db.serializeReplacer(key, value);
  });
  for (const [number, { data }] of db.collections.entries()) {
    for (const row of data) {
      yield JSON.stringify([number, row]);
    }
  }
}

function* linesOf(file) {
  const from = fs.openSync(file, 'r');
  try {
    const slice = Buffer.alloc(SLICE);
    let begun = [];
    for (let length; (length = fs.readSync(from, slice)) > 0; ) {
      let rest = slice.subarray(0, length);
      for (let end; (end = rest.indexOf('\n')) >= 0; rest = rest.subarray(end + 1)) {
        yield { text: Buffer.concat([...begun, rest.subarray(0, end)]).toString(), isEnded: true };
        begun = [];
      }
      if (rest.length > 0) {
        begun.push(Buffer.from(rest));
      }
    }
    if (begun.length > 0) {
      yield { text: Buffer.concat(begun).toString(), isEnded: false };
    }
  } finally {
    fs.closeSync(from);
  }
}

module.exports = { Journal, readLines };
