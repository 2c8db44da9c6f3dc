'use strict';

const fs = require('node:fs');

// About 60,000 rows. Writing everything anew stops the service for some tenths of a second, so it should be rare.
const MOST_BYTES = 64 * 1024 * 1024;

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

  /** @param db a Loki database that has been loaded, and that nobody else saves. */
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
      fs.writeFileSync(unfinished, this.#db.serialize(), { flush: true });
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
    const text = fs.existsSync(this.#path) ? fs.readFileSync(this.#path, 'utf8') : '';
    // What follows the last line break is the beginning of a line whose writer died before it answered.
    const lines = text.split('\n').slice(0, -1);
    // With an index that is kept up to date at each change, it would take minutes.
    this.#db.collections.forEach((collection) => (collection.adaptiveBinaryIndices = false));
    lines.forEach((line, index) => {
      try {
        JSON.parse(line).forEach((change) => this.#apply(...change));
      } catch (error) {
        throw new Error(`line ${index + 1} of ${this.#path} cannot be read: ${error.message}`);
      }
    });
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

module.exports = { Journal };
