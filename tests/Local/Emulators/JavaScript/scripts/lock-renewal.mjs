import assert from 'node:assert/strict';
import { judge, receiveOne, withoutRenewal } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  const renewing = client.createReceiver(queue, withoutRenewal);
  const careless = client.createReceiver(queue, withoutRenewal);
  await sender.sendMessages({ body: 'renewed' });
  const renewed = await receiveOne(renewing);
  await sender.sendMessages({ body: 'clock' });
  await receiveOne(careless);

  // The other message's lock, taken later, tells when the first lock would have run out.
  let ticked = false;
  const clock = receiveOne(careless).finally(() => {
    ticked = true;
  });
  while (!ticked) {
    const before = renewed.lockedUntilUtc;
    const until = await renewing.renewMessageLock(renewed);
    assert.ok(until >= before, 'each renewal moves the end of the lock');
  }
  assert.equal((await clock).body, 'clock', 'a renewed message is given to nobody else');
  await careless.completeMessage(await clock);
  await renewing.completeMessage(renewed);
});
