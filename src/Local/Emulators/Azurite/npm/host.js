'use strict';

// Runs Azurite's table service alone: node host.js <folder of the installation> <data folder> <port, 0 for any free
// one> Prints one line of JSON, {"port":…} or {"error":…,"code":…}, and serves until its standard input ends. That
// happens when the parent closes it and also when the parent dies, however it dies; so this process never outlives it
// for longer than it takes to save.

const { mkdirSync } = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const { holdFolder } = require('./folder-lock.js');

// How long a predecessor may take to answer its last requests and save.
const PREDECESSOR_PATIENCE_MS = 15_000;

// Azurite saves every 5 s. This is what a kill -9 of this very process may cost, and no save takes more than a tenth of
// the time.
const SAVE_INTERVAL_MS = 250;
const SAVE_SHARE = 10;

// Requests are answered in milliseconds; a client that stalls half-way must not keep the data from the disk.
const DRAIN_MS = 3_000;

const [installation, dataFolder, port] = process.argv.slice(2);

// A set of accounts for another Azurite on this machine would take ours away.
delete process.env.AZURITE_ACCOUNTS;

function load(name) {
  return require(require.resolve(`azurite/dist/src/${name}`, { paths: [installation] }));
}

async function start() {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  await holdFolder(dataFolder, PREDECESSOR_PATIENCE_MS);

  load('common/Logger').configLogger(false);
  const TableServer = load('table/TableServer').default;
  const TableConfiguration = load('table/TableConfiguration').default;
  const file = path.join(dataFolder, '__azurite_db_table__.json');
  const server = new TableServer(new TableConfiguration('127.0.0.1', Number(port), undefined, file));
  await server.start();
  await listenOnIPv6(server.httpServer);
  return server;
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

function save(db) {
  return new Promise((resolve, reject) => db.saveDatabase((error) => (error ? reject(error) : resolve())));
}

function saveRegularly(db) {
  db.autosaveDisable();
  let unsaved = false;
  const turn = async () => {
    const began = performance.now();
    if (unsaved || db.autosaveDirty()) {
      unsaved = await save(db).then(
        () => false,
        (error) => {
          console.error(`Azurite could not save its data, and will try again: ${error.message}`);
          return true;
        },
      );
    }
    setTimeout(turn, Math.max(SAVE_INTERVAL_MS, (performance.now() - began) * SAVE_SHARE));
  };
  setTimeout(turn, SAVE_INTERVAL_MS);
}

async function stop(server) {
  await Promise.race([
    new Promise((resolve) => server.httpServer.stop(resolve)),
    new Promise((resolve) => setTimeout(resolve, DRAIN_MS)),
  ]);
  await save(server.metadataStore.db);
}

// When the parent has died nobody reads any more, which must not end the process before it has saved.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

// Ctrl-C reaches every process of the terminal, but the parent still drains and needs its tables: it decides when to
// end.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});

const asked = new Promise((resolve) => {
  process.stdin.on('end', resolve).on('close', resolve).on('error', resolve).resume();
  process.on('SIGTERM', resolve);
});

start()
  .then(
    async (server) => {
      saveRegularly(server.metadataStore.db);
      await report({ port: server.httpServer.address().port });
      await asked;
      await stop(server);
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
