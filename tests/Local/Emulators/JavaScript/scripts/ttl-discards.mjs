// On a queue that does not dead-letter what expires.
import assert from 'node:assert/strict';
import { assertEmpty, bodies, deadLetter, judge, peekAll, receiveOne, until } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({ body: 'too late', timeToLive: 30_000 });
  await sender.sendMessages({ body: 'in time' });

  await until(async () => (await peekAll(client, queue)).length === 1);
  const message = await receiveOne(receiver);
  assert.equal(message.body, 'in time', 'what has expired is not delivered');
  await receiver.completeMessage(message);
  assert.deepEqual(bodies(await receiver.receiveMessages(1, { maxWaitTimeInMs: 200 })), []);
  await assertEmpty(client, queue);
  await assertEmpty(client, queue, deadLetter);
});
