'use strict';

// Runs Azurite's blob service, in memory: node blobs.cjs <folder of the installation>. Prints its port, and serves
// until its standard input ends.

function load(name) {
  return require(require.resolve(`azurite/dist/src/${name}`, { paths: [process.argv[2]] }));
}

async function start() {
  load('common/Logger').configLogger(false);
  const BlobServer = load('blob/BlobServer').default;
  const BlobConfiguration = load('blob/BlobConfiguration').default;
  const configuration = new BlobConfiguration('127.0.0.1', 0);
  configuration.isMemoryPersistence = true;
  configuration.skipApiVersionCheck = true;
  configuration.enableAccessLog = false;
  const server = new BlobServer(configuration);
  await server.start();
  console.log(server.httpServer.address().port);
}

process.stdin.on('end', () => process.exit(0)).resume();
start().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
