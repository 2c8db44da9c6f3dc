import assert from 'node:assert/strict';
import { inMinutes, judge, pass, peekAll, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  const due = inMinutes(10);
  await sender.sendMessages({ body: 'later', scheduledEnqueueTimeUtc: due });
  await sender.sendMessages({ body: 'past', scheduledEnqueueTimeUtc: inMinutes(-1) });

  const past = await receiveOne(receiver);
  assert.equal(past.body, 'past', 'a time that has passed means at once');
  await receiver.completeMessage(past);
  assert.deepEqual(
    (await peekAll(client, queue)).map((m) => [m.body, m.state]),
    [['later', 'scheduled']],
    'not before its time',
  );

  await pass(15);
  const later = await receiveOne(receiver);
  assert.equal(later.body, 'later');
  assert.equal(new Date(later.scheduledEnqueueTimeUtc).getTime(), due.getTime());
  assert.ok(later.enqueuedTimeUtc >= due, 'enqueued when due');
  assert.ok(later.lockedUntilUtc > due, 'locked from then on');
  await receiver.completeMessage(later);
});
