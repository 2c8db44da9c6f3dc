import assert from 'node:assert/strict';
import { assertEmpty, judge, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({ body: 'deferred' });
  const message = await receiveOne(receiver);
  await receiver.deferMessage(message);

  const deleting = client.createReceiver(queue, { receiveMode: 'receiveAndDelete' });
  const [taken] = await deleting.receiveDeferredMessages(message.sequenceNumber);
  assert.equal(taken.body, 'deferred');
  await assertEmpty(client, queue);
});
