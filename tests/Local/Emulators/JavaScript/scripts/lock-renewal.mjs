import assert from 'node:assert/strict';
import { judge, pass, receiveOne, withoutRenewal } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  const renewing = client.createReceiver(queue, withoutRenewal);
  const careless = client.createReceiver(queue, withoutRenewal);
  await sender.sendMessages({ body: 'renewed' });
  const renewed = await receiveOne(renewing);
  await sender.sendMessages({ body: 'clock' });
  await receiveOne(careless);

  for (let renewals = 0; renewals < 2; renewals++) {
    // Not as long as a lock lasts, but twice that is longer.
    await pass(3);
    const before = renewed.lockedUntilUtc;
    const until = await renewing.renewMessageLock(renewed);
    assert.ok(until > before, 'each renewal moves the end of the lock');
  }

  // The other message's lock, taken later, tells that the first lock would have run out.
  const clock = await receiveOne(careless);
  assert.deepEqual([clock.body, clock.deliveryCount], ['clock', 1], 'a renewed message is given to nobody else');
  await careless.completeMessage(clock);
  await renewing.completeMessage(renewed);
});
