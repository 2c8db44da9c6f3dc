// On a queue with a default time to live of half a minute that dead-letters what expires.
import assert from 'node:assert/strict';
import { assertEmpty, deadLetter, judge, receive } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages([
    { body: 'no limit of its own' },
    { body: 'a longer one of its own', timeToLive: 86_400_000 },
  ]);

  const expired = await receive(client.createReceiver(queue, deadLetter), 2);
  assert.deepEqual(
    expired.map((m) => m.body).toSorted(),
    ['a longer one of its own', 'no limit of its own'],
    "the queue's limit caps the message's",
  );
  for (const message of expired) assert.equal(message.deadLetterReason, 'TTLExpiredException');
  await assertEmpty(client, queue);
});
