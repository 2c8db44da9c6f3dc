import assert from 'node:assert/strict';
import { assertEmpty, judge, receiveOne, withoutRenewal } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  const renewing = client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 300_000 });
  const careless = client.createReceiver(queue, withoutRenewal);
  await sender.sendMessages({ body: 'renewed' });
  const renewed = await receiveOne(renewing);
  await sender.sendMessages({ body: 'clock' });

  // Two whole locks pass, as the other message tells, before the first one is settled.
  for (let expired = 0; expired <= 2; expired++) {
    const clock = await receiveOne(careless);
    assert.deepEqual([clock.body, clock.deliveryCount], ['clock', expired]);
    if (expired === 2) await careless.completeMessage(clock);
  }
  await renewing.completeMessage(renewed);
  await assertEmpty(client, queue);
});
