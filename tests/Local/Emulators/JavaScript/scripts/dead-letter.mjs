import assert from 'node:assert/strict';
import { assertEmpty, deadLetter, judge, peekAll, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({
    body: { no: 'good' },
    messageId: 'dead-1',
    subject: 'kept',
    applicationProperties: { own: 1 },
  });

  await receiver.deadLetterMessage(await receiveOne(receiver), {
    deadLetterReason: 'ReceiverGone',
    deadLetterErrorDescription: 'The receiver answered 410.',
    added: 'by the handler',
  });
  await assertEmpty(client, queue);

  const [peeked] = await peekAll(client, queue, deadLetter);
  assert.equal(peeked.deadLetterReason, 'ReceiverGone', 'to be seen without receiving it');

  const graveyard = client.createReceiver(queue, deadLetter);
  const message = await receiveOne(graveyard);
  assert.deepEqual(message.body, { no: 'good' });
  assert.equal(message.messageId, 'dead-1');
  assert.equal(message.subject, 'kept');
  assert.deepEqual(message.applicationProperties, {
    own: 1,
    added: 'by the handler',
    DeadLetterReason: 'ReceiverGone',
    DeadLetterErrorDescription: 'The receiver answered 410.',
  });
  assert.equal(message.deadLetterErrorDescription, 'The receiver answered 410.');
  await graveyard.completeMessage(message);
  await assertEmpty(client, queue, deadLetter);
});
