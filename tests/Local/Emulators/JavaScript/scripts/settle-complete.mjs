import assert from 'node:assert/strict';
import { assertEmpty, judge, peekAll, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages([{ body: 'locked' }, { body: 'free' }]);

  const locked = await receiveOne(receiver);
  const other = client.createReceiver(queue);
  const free = await receiveOne(other);
  assert.deepEqual([locked.body, free.body], ['locked', 'free'], 'a locked message is given to nobody else');
  assert.equal((await peekAll(client, queue)).length, 2, 'a locked message is still there');

  await receiver.completeMessage(locked);
  assert.equal((await peekAll(client, queue)).length, 1);
  await other.completeMessage(free);
  await assertEmpty(client, queue);
});
