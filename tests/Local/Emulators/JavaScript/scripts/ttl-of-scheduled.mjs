// The time to live of a scheduled message begins when it is enqueued. On a queue that dead-letters what expires.
import assert from 'node:assert/strict';
import { assertEmpty, deadLetter, inMinutes, judge, pass, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({ body: 'scheduled', scheduledEnqueueTimeUtc: inMinutes(10), timeToLive: 300_000 });

  await pass(15);
  const message = await receiveOne(receiver);
  assert.equal(message.body, 'scheduled', 'enqueued after more than its time to live, and delivered');
  await receiver.completeMessage(message);
  await assertEmpty(client, queue, deadLetter);
});
