import assert from 'node:assert/strict';
import { ask, bodies, deadLetter, judge, newClient, numbered, peekAll, receive, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages(numbered(6));
  const deleting = client.createReceiver(queue, { receiveMode: 'receiveAndDelete' });
  await receive(deleting, 2);
  await deleting.close();
  const [completed, dead, deferred, left] = await receive(receiver, 4);
  await receiver.completeMessage(completed);
  await receiver.deadLetterMessage(dead, { deadLetterReason: 'Gone', deadLetterErrorDescription: 'for good' });
  await receiver.deferMessage(deferred, { aside: true });

  await ask('restart');

  const visitor = newClient();
  assert.deepEqual(
    (await peekAll(visitor, queue)).map((m) => [m.body, m.state]),
    [
      ['message 4', 'deferred'],
      ['message 5', 'active'],
    ],
    'what was settled does not come back',
  );
  const again = visitor.createReceiver(queue);
  const [back] = await again.receiveDeferredMessages(deferred.sequenceNumber);
  assert.deepEqual([back.body, back.applicationProperties], ['message 4', { aside: true }]);
  await again.completeMessage(back);
  assert.deepEqual((await receiveOne(again)).sequenceNumber, left.sequenceNumber);

  assert.deepEqual(bodies(await peekAll(visitor, queue, deadLetter)), ['message 3']);
  const graveyard = visitor.createReceiver(queue, deadLetter);
  const buried = await receiveOne(graveyard);
  assert.deepEqual([buried.deadLetterReason, buried.deadLetterErrorDescription], ['Gone', 'for good']);
  await graveyard.completeMessage(buried);
  await visitor.close();
});
