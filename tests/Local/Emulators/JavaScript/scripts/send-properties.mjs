import assert from 'node:assert/strict';
import { judge, receiveOne } from './judge.mjs';

const sent = {
  body: Buffer.from([0, 1, 2, 127, 128, 254, 255, 0x22, 0x7b]),
  messageId: 'properties-1',
  correlationId: 'correlation-1',
  contentType: 'application/cloudevents+json; charset=utf-8',
  subject: 'visitor.arrived',
  to: 'somewhere',
  replyTo: 'back-here',
  replyToSessionId: 'reply-session',
  partitionKey: 'tenant-7',
  timeToLive: 3_600_000,
  applicationProperties: {
    text: 'naïve ☕ 𝄞',
    empty: '',
    whole: 42,
    negative: -7,
    beyond32Bits: 9_007_199_254_740_991,
    fraction: 0.1,
    yes: true,
    no: false,
    date: new Date('2026-02-03T04:05:06.789Z'),
  },
};

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages(sent);

  const receiver = client.createReceiver(queue, { skipParsingBodyAsJson: true, skipConvertingDate: true });
  const message = await receiveOne(receiver);
  for (const name of Object.keys(sent)) assert.deepEqual(message[name], sent[name], name);
  assert.equal(message.expiresAtUtc.getTime(), message.enqueuedTimeUtc.getTime() + sent.timeToLive);
  await receiver.completeMessage(message);
});
