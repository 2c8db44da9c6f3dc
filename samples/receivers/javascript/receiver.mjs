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

  // Store the event here, in one transaction with its id. Answer then, within 15 seconds, and work afterwards.
  const id = request.get('webhook-id');
  if (isNew(id)) console.log(`Received ${event.event} ${id}`);
  response.sendStatus(204);
});

// The ids of what was received: the same event can come again. This is a sample. It forgets at a restart, and knows
// nothing of a second instance. Use a database table instead, whose key is the webhook-id.
const seen = new Set();
const mostSeen = 10_000;

function isNew(id) {
  if (seen.has(id)) return false;
  seen.add(id);
  // A set keeps the order in which things were added.
  if (seen.size > mostSeen) seen.delete(seen.values().next().value);
  return true;
}

const server = app.listen(Number(process.argv[2] ?? process.env.PORT ?? 8080), '127.0.0.1', error => {
  if (error) throw error;
  console.log(`Listening on http://127.0.0.1:${server.address().port}/webhook`);
});
