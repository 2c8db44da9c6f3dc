import assert from 'node:assert/strict';
import { assertEmpty, bodies, deadLetter, judge, numbered, pass, peekAll, receive, withoutRenewal } from './judge.mjs';

const settlements = ['completeMessage', 'abandonMessage', 'deferMessage', 'deadLetterMessage'];

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages(numbered(settlements.length));
  const careless = client.createReceiver(queue, withoutRenewal);
  const lost = await receive(careless, settlements.length);
  await pass(5);
  // That these come means that all the locks have run out.
  const current = await receive(receiver, settlements.length);

  for (const [index, settle] of settlements.entries())
    await assert.rejects(careless[settle](lost[index]), { code: 'MessageLockLost' }, settle);
  await assert.rejects(careless.renewMessageLock(lost[0]), { code: 'MessageLockLost' }, 'renewal');

  assert.equal((await peekAll(client, queue)).length, settlements.length, 'a late settlement changes nothing');
  assert.deepEqual(bodies(await peekAll(client, queue, deadLetter)), []);
  for (const message of current) await receiver.completeMessage(message);
  await assertEmpty(client, queue);
});
