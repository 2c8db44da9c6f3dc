import assert from 'node:assert/strict';
import { assertEmpty, deadLetter, judge, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({ body: 'poison', applicationProperties: { own: 1 } });

  for (let failed = 0; failed < 10; failed++) {
    const message = await receiveOne(receiver);
    assert.equal(message.deliveryCount, failed);
    await receiver.abandonMessage(message);
  }
  await assertEmpty(client, queue);

  const message = await receiveOne(client.createReceiver(queue, deadLetter));
  assert.equal(message.body, 'poison');
  assert.equal(message.applicationProperties.own, 1);
  assert.equal(message.deadLetterReason, 'MaxDeliveryCountExceeded');
  assert.equal(message.deadLetterErrorDescription, 'Message could not be consumed after 10 delivery attempts.');
});
