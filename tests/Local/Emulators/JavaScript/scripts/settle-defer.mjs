import assert from 'node:assert/strict';
import { assertEmpty, judge, peekAll, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages([{ body: 'deferred', applicationProperties: { step: 1 } }, { body: 'next' }]);

  const message = await receiveOne(receiver);
  await receiver.deferMessage(message, { step: 2 });
  const next = await receiveOne(receiver);
  assert.equal(next.body, 'next', 'a deferred message does not come by itself');
  await receiver.completeMessage(next);
  assert.deepEqual(
    (await peekAll(client, queue)).map((m) => m.state),
    ['deferred'],
  );

  const [back] = await receiver.receiveDeferredMessages(message.sequenceNumber);
  assert.equal(back.body, 'deferred');
  assert.deepEqual(back.applicationProperties, { step: 2 });
  assert.match(back.lockToken, /^[0-9a-f-]{36}$/);
  await receiver.completeMessage(back);

  await assertEmpty(client, queue);
  await assert.rejects(receiver.receiveDeferredMessages(message.sequenceNumber), { code: 'MessageNotFound' });
});
