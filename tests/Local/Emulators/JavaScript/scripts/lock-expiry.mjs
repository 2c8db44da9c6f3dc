import assert from 'node:assert/strict';
import { assertEmpty, judge, pass, receiveOne, withoutRenewal } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages({ body: 'left lying' });

  const careless = client.createReceiver(queue, withoutRenewal);
  const first = await receiveOne(careless);
  // Closing the link does not give the message back: only the end of its lock does, and that counts as a delivery.
  await careless.close();

  const receiver = client.createReceiver(queue);
  await pass(5);
  const second = await receiveOne(receiver);
  assert.equal(second.body, 'left lying');
  assert.equal(second.deliveryCount, 1, 'an expired lock is a failed delivery');
  assert.notEqual(second.lockToken, first.lockToken);
  assert.deepEqual(second.sequenceNumber, first.sequenceNumber);
  await receiver.completeMessage(second);
  await assertEmpty(client, queue);
});
