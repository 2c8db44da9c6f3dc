import assert from 'node:assert/strict';
import { bodies, inMinutes, judge, numbered, pass, peekAll, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  const kept = await sender.scheduleMessages(numbered(2, 'kept'), inMinutes(10));
  const cancelled = await sender.scheduleMessages(numbered(3, 'cancelled'), inMinutes(60));
  assert.equal(new Set([...kept, ...cancelled].map(String)).size, 5, 'a sequence number each');

  const scheduled = await peekAll(client, queue);
  assert.deepEqual(
    scheduled.map((m) => String(m.sequenceNumber)).toSorted(),
    [...kept, ...cancelled].map(String).toSorted(),
  );

  await sender.cancelScheduledMessages(cancelled.slice(0, 2));
  await sender.cancelScheduledMessages(cancelled[2]);
  await assert.rejects(sender.cancelScheduledMessages(cancelled[0]), { code: 'MessageNotFound' });

  await pass(15);
  for (let i = 0; i < 2; i++) await receiver.completeMessage(await receiveOne(receiver));
  assert.deepEqual(bodies(await peekAll(client, queue)), [], 'nothing but the kept ones was left');
  await assert.rejects(
    sender.cancelScheduledMessages(kept[0]),
    { code: 'MessageNotFound' },
    'an enqueued message cannot be cancelled',
  );
});
