import assert from 'node:assert/strict';
import { ask, assertEmpty, inMinutes, judge, newClient, numbered, peekAll, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  const [first, second] = await sender.scheduleMessages(numbered(2, 'far'), inMinutes(60));
  await sender.cancelScheduledMessages(second);
  const due = new Date(Date.now() + 1_500);
  await sender.sendMessages({ body: 'near', scheduledEnqueueTimeUtc: due });

  await ask('restart');

  const visitor = newClient();
  const receiver = visitor.createReceiver(queue);
  const message = await receiveOne(receiver);
  assert.equal(message.body, 'near');
  assert.ok(Date.now() >= due.getTime(), 'not before its time');
  await receiver.completeMessage(message);

  assert.deepEqual(
    (await peekAll(visitor, queue)).map((m) => [m.body, m.state]),
    [['far 0', 'scheduled']],
  );
  await visitor.createSender(queue).cancelScheduledMessages(first);
  await assertEmpty(visitor, queue);
  await visitor.close();
});
