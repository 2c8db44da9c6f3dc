import assert from 'node:assert/strict';
import { judge, receiveOne } from './judge.mjs';

await judge(async ({ sender, receiver }) => {
  const due = new Date(Date.now() + 2_000);
  await sender.sendMessages({ body: 'later', scheduledEnqueueTimeUtc: due });
  await sender.sendMessages({ body: 'past', scheduledEnqueueTimeUtc: new Date(Date.now() - 60_000) });

  const past = await receiveOne(receiver);
  assert.equal(past.body, 'past', 'a time that has passed means at once');
  await receiver.completeMessage(past);

  const later = await receiveOne(receiver);
  assert.ok(Date.now() >= due.getTime(), 'not before its time');
  assert.equal(later.body, 'later');
  assert.equal(new Date(later.scheduledEnqueueTimeUtc).getTime(), due.getTime());
  assert.ok(later.enqueuedTimeUtc >= due, 'enqueued when due');
  assert.ok(later.lockedUntilUtc > due, 'locked from then on');
  await receiver.completeMessage(later);
});
