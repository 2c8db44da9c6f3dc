import assert from 'node:assert/strict';
import {
  ask,
  assertEmpty,
  judge,
  newClient,
  numbered,
  peekAll,
  receive,
  receiveOne,
  withoutRenewal,
} from './judge.mjs';

const exact = {
  body: Buffer.from([0, 255, 1]),
  messageId: 'exact',
  correlationId: 'c',
  subject: 's',
  timeToLive: 86_400_000,
  applicationProperties: { text: 't', date: new Date(0), half: 0.5 },
};
const asIs = { skipParsingBodyAsJson: true, skipConvertingDate: true };
const places = (messages) => messages.map((m) => [String(m.sequenceNumber), m.messageId, m.enqueuedTimeUtc.getTime()]);

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages([exact, ...numbered(50)]);
  const receiver = client.createReceiver(queue, withoutRenewal);
  await receiver.abandonMessage(await receiveOne(receiver));
  const before = await peekAll(client, queue);
  await receive(receiver, 51);

  await ask('restart');

  const visitor = newClient();
  assert.deepEqual(places(await peekAll(visitor, queue)), places(before), 'each message at its place');
  // No lock outlives the broker: all are there at once, to anybody.
  const again = visitor.createReceiver(queue, asIs);
  const received = await receive(again, 51);
  for (const name of Object.keys(exact)) assert.deepEqual(received[0][name], exact[name], name);
  assert.equal(received[0].deliveryCount, 2, 'the abandoned delivery is remembered, and the one that was lost');

  await visitor.createSender(queue).sendMessages({ body: 'new' });
  const [newest] = (await peekAll(visitor, queue)).slice(-1);
  assert.ok(newest.sequenceNumber.greaterThan(before.at(-1).sequenceNumber), 'sequence numbers go on');
  received.push(await receiveOne(again));
  for (const message of received) await again.completeMessage(message);
  await assertEmpty(visitor, queue);
  await visitor.close();
});
