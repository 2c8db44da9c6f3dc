import assert from 'node:assert/strict';
import { judge, receive } from './judge.mjs';

const sent = [
  { bodyType: 'value', body: 'a string value' },
  { bodyType: 'value', body: { a: 'map', of: 3 } },
  { bodyType: 'value', body: null },
  {
    bodyType: 'sequence',
    body: [
      ['a', 'list'],
      [1, 2],
    ],
  },
  { bodyType: 'data', body: Buffer.alloc(0) },
];

await judge(async ({ client, queue, sender }) => {
  for (const message of sent) await sender.sendMessages(message);

  const receiver = client.createReceiver(queue, { skipParsingBodyAsJson: true });
  for (const [index, message] of (await receive(receiver, sent.length)).entries()) {
    assert.equal(message._rawAmqpMessage.bodyType, sent[index].bodyType, `body type of message ${index}`);
    assert.deepEqual(message.body, sent[index].body, `body of message ${index}`);
    await receiver.completeMessage(message);
  }
});
