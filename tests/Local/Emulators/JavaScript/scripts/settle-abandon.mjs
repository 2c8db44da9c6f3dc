import assert from 'node:assert/strict';
import { assertEmpty, judge, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({
    body: 'again',
    messageId: 'abandon-1',
    applicationProperties: { kept: 'as sent', changed: 'before' },
  });

  const first = await receiveOne(receiver);
  assert.equal(first.deliveryCount, 0);
  await receiver.abandonMessage(first, { changed: 'after', added: 3 });

  const second = await receiveOne(receiver);
  assert.equal(second.deliveryCount, 1, 'one failed delivery');
  assert.deepEqual(second.applicationProperties, { kept: 'as sent', changed: 'after', added: 3 });
  assert.equal(second.body, 'again');
  assert.equal(second.messageId, 'abandon-1');
  assert.deepEqual(second.sequenceNumber, first.sequenceNumber, 'it is the same message');
  assert.notEqual(second.lockToken, first.lockToken, 'under a new lock');

  await receiver.abandonMessage(second);
  const third = await receiveOne(receiver);
  assert.equal(third.deliveryCount, 2);
  await receiver.completeMessage(third);
  await assertEmpty(client, queue);
});
