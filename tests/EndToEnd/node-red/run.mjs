// Runs a flow in Node-RED, without its editor, on a free port of this machine. The argument is the file of the flow.
// What Node-RED writes is in the working directory.
import { createServer } from 'node:http';
import RED from 'node-red';

const server = createServer();
RED.init(server, { flowFile: process.argv[2], userDir: process.cwd(), httpAdminRoot: false, credentialSecret: false });
server.on('request', RED.httpNode);
RED.events.once('flows:started', () => server.listen(0, '127.0.0.1', () =>
  console.log(`Listening on http://127.0.0.1:${server.address().port}/webhook`)));
await RED.start();
