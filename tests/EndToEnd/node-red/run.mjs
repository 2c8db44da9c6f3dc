// Runs a flow in Node-RED, without its editor, on a free port of this machine. The argument is the file of the flow.
// What Node-RED writes is in the working directory.
import { createServer } from 'node:http';
import memory from '@node-red/runtime/lib/nodes/context/memory.js';
import RED from 'node-red';

// What a function remembers, as it comes back from a disk: there it is JSON.
function asJson(config) {
  const store = memory(config);
  const set = store.set.bind(store);
  store.set = (scope, key, value, done) => set(scope, key, JSON.parse(JSON.stringify(value)), done);
  return store;
}

const server = createServer();
RED.init(server, {
  flowFile: process.argv[2], userDir: process.cwd(), httpAdminRoot: false, credentialSecret: false,
  contextStorage: { default: { module: asJson } },
});
server.on('request', RED.httpNode);
RED.events.once('flows:started', () => server.listen(0, '127.0.0.1', () =>
  console.log(`Listening on http://127.0.0.1:${server.address().port}/webhook`)));
await RED.start();
