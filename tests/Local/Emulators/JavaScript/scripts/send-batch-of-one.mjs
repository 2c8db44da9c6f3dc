import assert from 'node:assert/strict';
import { assertEmpty, judge, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  const batch = await sender.createMessageBatch();
  assert.equal(batch.tryAddMessage({ body: 'alone', messageId: 'alone-1', applicationProperties: { of: 1 } }), true);
  await sender.sendMessages(batch);

  const message = await receiveOne(receiver);
  assert.equal(message.body, 'alone');
  assert.equal(message.messageId, 'alone-1');
  assert.deepEqual(message.applicationProperties, { of: 1 });
  await receiver.completeMessage(message);
  await assertEmpty(client, queue);
});
