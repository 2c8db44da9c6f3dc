import assert from 'node:assert/strict';
import { assertEmpty, judge, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({ body: { greeting: 'hello' }, messageId: 'single-1' });

  const message = await receiveOne(receiver);
  assert.deepEqual(message.body, { greeting: 'hello' });
  assert.equal(message.messageId, 'single-1');
  assert.equal(message.deliveryCount, 0);
  assert.equal(message.state, 'active');
  assert.ok(message.sequenceNumber.greaterThan(0), 'a sequence number above 0');
  assert.ok(message.enqueuedTimeUtc instanceof Date, 'an enqueued time');
  assert.ok(message.lockedUntilUtc > message.enqueuedTimeUtc, 'locked for a while');
  assert.match(message.lockToken, /^[0-9a-f-]{36}$/);

  await receiver.completeMessage(message);
  await assertEmpty(client, queue);
});
