// On a queue that dead-letters what expires.
import assert from 'node:assert/strict';
import { assertEmpty, deadLetter, judge, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages({ body: 'too late', applicationProperties: { own: 1 }, timeToLive: 30_000 });

  const message = await receiveOne(client.createReceiver(queue, deadLetter));
  assert.equal(message.body, 'too late');
  assert.equal(message.applicationProperties.own, 1);
  assert.equal(message.deadLetterReason, 'TTLExpiredException');
  await assertEmpty(client, queue);
});
