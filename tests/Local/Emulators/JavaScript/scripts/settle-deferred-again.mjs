// A deferred message has no link of its own: the client settles it through the management node.
import assert from 'node:assert/strict';
import { assertEmpty, deadLetter, judge, numbered, peekAll, receive, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages(numbered(4));
  const numbers = [];
  for (const message of await receive(receiver, 4)) {
    numbers.push(message.sequenceNumber);
    await receiver.deferMessage(message);
  }

  const [completed, abandoned, deferred, dead] = await receiver.receiveDeferredMessages(numbers);
  await receiver.completeMessage(completed);
  await receiver.abandonMessage(abandoned, { abandoned: true });
  await receiver.deferMessage(deferred, { deferredTwice: true });
  await receiver.deadLetterMessage(dead, { deadLetterReason: 'Deferred', deadLetterErrorDescription: 'and dropped' });

  const left = await peekAll(client, queue);
  assert.deepEqual(
    left.map((m) => [m.body, m.state]),
    [
      ['message 1', 'deferred'],
      ['message 2', 'deferred'],
    ],
  );
  const [again, twice] = await receiver.receiveDeferredMessages([numbers[1], numbers[2]]);
  assert.deepEqual(
    [again.applicationProperties, twice.applicationProperties],
    [{ abandoned: true }, { deferredTwice: true }],
  );
  for (const message of [again, twice]) await receiver.completeMessage(message);
  await assertEmpty(client, queue);

  const dropped = await receiveOne(client.createReceiver(queue, deadLetter));
  assert.deepEqual(
    [dropped.body, dropped.deadLetterReason, dropped.deadLetterErrorDescription],
    ['message 3', 'Deferred', 'and dropped'],
  );
});
