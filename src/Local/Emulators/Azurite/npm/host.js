'use strict';

// Runs Azurite's table service alone: node host.js <folder of the installation> <data folder> <port, 0 for any free
// one>. Prints one line of JSON, {"port":…} or {"error":…,"code":…}, and serves until its standard input ends. That
// happens when the parent closes it, and also when the parent dies, however it dies. So this process never outlives it
// for longer than it takes to write its tables.

const { existsSync, mkdirSync, statSync } = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { holdFolder } = require('./folder-lock.js');
const { Journal, readLines } = require('./journal.js');
const { readByPartition } = require('./partitions.js');

// How long a predecessor may take to answer its last requests and save.
const PREDECESSOR_PATIENCE_MS = 15_000;

// Requests are answered in milliseconds; a client that stalls half-way must not keep the data from the disk.
const DRAIN_MS = 3_000;

// The status after which clients ask again.
const FAILED = 500;

const [installation, dataFolder, port] = process.argv.slice(2);

// A set of accounts for another Azurite on this machine would take ours away.
delete process.env.AZURITE_ACCOUNTS;

function load(name) {
  return require(require.resolve(`azurite/dist/src/${name}`, { paths: [installation] }));
}

async function start() {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const release = await holdFolder(dataFolder, PREDECESSOR_PATIENCE_MS);

  load('common/Logger').configLogger(false);
  const TableServer = load('table/TableServer').default;
  const TableConfiguration = load('table/TableConfiguration').default;
  const file = path.join(dataFolder, '__azurite_db_table__.json');
  const server = new TableServer(new TableConfiguration('127.0.0.1', Number(port), undefined, file));
  readByPartition(server.metadataStore, load('table/persistence/QueryInterpreter/QueryParser').default);
  const journal = await startWithJournal(server);
  await listenOnIPv6(server.httpServer);
  return { server, journal, release };
}

// The journal comes after the database has been read, and before anybody can change it.
async function startWithJournal(server) {
  const store = server.metadataStore;
  const { loadDB } = store;
  readLines(store.db);
  let journal;
  store.loadDB = async () => {
    try {
      await loadDB.call(store);
      requireContent(store.db.filename);
      store.db.autosaveDisable();
      journal = new Journal(store.db);
    } catch (error) {
      // Errors of the system have a code, and say themselves what is wrong.
      throw Object.assign(error, { code: error.code ?? 'EDAMAGED' });
    }
  };
  // Azurite changes what a request asks for without a pause, and then answers. While something is not on disk, no
  // change is said to be done: whoever asked for it asks again.
  server.httpServer.prependListener('request', (request, response) => {
    const { writeHead } = response;
    response.writeHead = (status, ...rest) => {
      const isKept = journal.write() || request.method === 'GET';
      return writeHead.call(response, isKept ? status : FAILED, ...rest);
    };
  });
  await server.start();
  journal.write();
  return journal;
}

// Azurite takes an empty file for a new database. It writes none: what was in this one is lost.
function requireContent(file) {
  if (existsSync(file) && statSync(file).size === 0) {
    throw new Error(`${file} is empty`);
  }
}

// Whoever connects to "localhost" may be led to ::1, where another could sit. For any free port nobody looks before it
// is told, with its address.
function listenOnIPv6(httpServer) {
  if (port === '0') {
    return undefined;
  }
  return new Promise((resolve, reject) => {
    net
      .createServer((socket) => httpServer.emit('connection', socket))
      .on('error', (error) => (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(error.code) ? resolve() : reject(error)))
      .listen(Number(port), '::1', resolve);
  });
}

function report(outcome) {
  return new Promise((resolve) => process.stdout.write(`${JSON.stringify(outcome)}\n`, resolve));
}

async function stop({ server, journal, release }) {
  await Promise.race([
    new Promise((resolve) => server.httpServer.stop(resolve)),
    new Promise((resolve) => setTimeout(resolve, DRAIN_MS)),
  ]);
  journal.close();
  await release();
}

// When the parent has died nobody reads any more, which must not end the process before it has saved.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

// Ctrl-C reaches every process of the terminal, and a service manager stops each process of a service. But the parent
// still drains and needs its tables: it decides when to end.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']) {
  process.on(signal, () => {});
}

const asked = new Promise((resolve) => {
  process.stdin.on('end', resolve).on('close', resolve).on('error', resolve).resume();
});

start()
  .then(
    async (started) => {
      await report({ port: started.server.httpServer.address().port });
      await asked;
      await stop(started);
      return 0;
    },
    async (error) => {
      await report({ error: error.message, code: error.code });
      return 1;
    },
  )
  .catch((error) => {
    console.error(`Azurite could not save its data when it stopped: ${error.message}`);
    return 1;
  })
  .then((code) => process.exit(code));
