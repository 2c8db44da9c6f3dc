// On a queue whose limit is two deliveries.
import assert from 'node:assert/strict';
import { assertEmpty, deadLetter, judge, pass, receiveOne, withoutRenewal } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages({ body: 'never settled' });
  const careless = client.createReceiver(queue, withoutRenewal);
  for (let failed = 0; failed < 2; failed++) {
    assert.equal((await receiveOne(careless)).deliveryCount, failed);
    await pass(5);
  }

  const message = await receiveOne(client.createReceiver(queue, deadLetter));
  assert.equal(message.body, 'never settled');
  assert.equal(message.deadLetterReason, 'MaxDeliveryCountExceeded');
  assert.equal(message.deadLetterErrorDescription, 'Message could not be consumed after 2 delivery attempts.');
  await assertEmpty(client, queue);
});
