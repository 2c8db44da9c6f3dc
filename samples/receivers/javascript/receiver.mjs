// Receives Atrium's webhooks.
//
//   npm install
//   WEBHOOK_SECRET=whsec_… node receiver.mjs [port]
//
// It listens to this machine only. Put the server that has the certificate in front of it.
import express from 'express';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

const secret = process.env.WEBHOOK_SECRET;
if (!secret) {
  console.error('Set WEBHOOK_SECRET to the secret of the webhook, whsec_ and what follows it.');
  process.exit(1);
}

const webhook = new Webhook(secret);
const app = express();

// The bytes as they came: JSON that was parsed and written again has another signature. An event has 196,608 bytes at
// most, and express takes only 102,400 unless told.
app.post('/webhook', express.raw({ type: () => true, limit: '256kb' }), (request, response) => {
  let event;
  try {
    // Compares in constant time, and refuses a timestamp that is over five minutes from this clock.
    event = webhook.verify(request.body ?? '', request.headers);
  } catch (error) {
    if (error instanceof WebhookVerificationError) return response.sendStatus(401);
    throw error;
  }

  // A test: its visitor is made up.
  if (request.get('webhook-test') === 'true') return response.sendStatus(204);

  // Answer within 15 seconds, and work afterwards. If this throws, the answer is 500, and the event comes again.
  store(request.get('webhook-id'), event);
  response.sendStatus(204);
});

// What was received, by its id: the same event can come again. This is a sample. It forgets at a restart, and knows
// nothing of a second instance. Use a database instead: store the event in one transaction with its id, in a table
// whose key is the webhook-id.
const ids = new Set();
const mostIds = 10_000;

function store(id, event) {
  if (ids.has(id)) return;
  console.log(`Received ${event.event} ${id}`);
  // Last. If storing fails, the id must not be there, or the event would be lost when it comes again.
  ids.add(id);
  // A set keeps the order in which things were added.
  if (ids.size > mostIds) ids.delete(ids.values().next().value);
}

const server = app.listen(Number(process.argv[2] ?? process.env.PORT ?? 8080), '127.0.0.1', error => {
  if (error) throw error;
  console.log(`Listening on http://127.0.0.1:${server.address().port}/webhook`);
});
