import assert from 'node:assert/strict';
import { assertEmpty, deadLetter, judge, peekAll, receiveOne } from './judge.mjs';

// More often than the queue's own limit of ten.
const abandonments = 12;

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({ body: 'stays' });
  await receiver.deadLetterMessage(await receiveOne(receiver), { deadLetterReason: 'First' });

  const graveyard = client.createReceiver(queue, deadLetter);
  for (let i = 0; i < abandonments; i++) await graveyard.abandonMessage(await receiveOne(graveyard));
  const [stays] = await peekAll(client, queue, deadLetter);
  assert.deepEqual(
    [stays.body, stays.deadLetterReason],
    ['stays', 'First'],
    'abandoning there never dead-letters again',
  );

  const message = await receiveOne(graveyard);
  await graveyard.renewMessageLock(message);
  await graveyard.deferMessage(message);
  const [deferred] = await graveyard.receiveDeferredMessages(message.sequenceNumber);
  await graveyard.completeMessage(deferred);
  await assertEmpty(client, queue, deadLetter);
  await assertEmpty(client, queue);
});
