import assert from 'node:assert/strict';
import { assertEmpty, deadLetter, judge, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({ body: 'no word said' });
  await receiver.deadLetterMessage(await receiveOne(receiver));

  await assertEmpty(client, queue);
  const message = await receiveOne(client.createReceiver(queue, deadLetter));
  assert.equal(message.body, 'no word said');
  assert.ok(message.deadLetterReason == null, `no reason was given, so not '${message.deadLetterReason}'`);
});
