import assert from 'node:assert/strict';
import { assertEmpty, judge, pass, receiveOne, until, withoutRenewal } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages({ body: 'deferred' });
  const receiver = client.createReceiver(queue, withoutRenewal);
  const message = await receiveOne(receiver);
  const { sequenceNumber } = message;
  await receiver.deferMessage(message);

  const [first] = await receiver.receiveDeferredMessages(sequenceNumber);
  await assert.rejects(receiver.receiveDeferredMessages(sequenceNumber), 'locked, so not to be had a second time');

  await pass(5);
  const [second] = await until(() => receiver.receiveDeferredMessages(sequenceNumber).catch(() => undefined));
  assert.notEqual(second.lockToken, first.lockToken, 'free again when its lock has run out');
  await assert.rejects(receiver.completeMessage(first), { code: 'MessageLockLost' });
  await receiver.completeMessage(second);
  await assertEmpty(client, queue);
});
