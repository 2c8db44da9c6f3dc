import assert from 'node:assert/strict';
import { ask, bodies, inMinutes, judge, newClient, peekAll, receiveOne } from './judge.mjs';

await judge(async ({ sender, receiver, queue }) => {
  await sender.sendMessages({ body: 'completed', messageId: 'a' });
  await receiver.completeMessage(await receiveOne(receiver));
  await sender.sendMessages({ body: 'stored', messageId: 'b' });
  await sender.scheduleMessages({ body: 'scheduled', messageId: 'c' }, inMinutes(60));

  await ask('restart');

  const visitor = newClient();
  await visitor
    .createSender(queue)
    .sendMessages(['a', 'b', 'c', 'd'].map((messageId) => ({ body: 'after', messageId })));
  assert.deepEqual(bodies(await peekAll(visitor, queue)), ['stored', 'scheduled', 'after'], 'only d is new');
  await visitor.close();
});
