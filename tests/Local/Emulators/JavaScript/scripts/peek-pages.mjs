import assert from 'node:assert/strict';
import { assertEmpty, bodies, judge, numbered, peekAll, receive } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  assert.deepEqual(await receiver.peekMessages(10), [], 'an empty queue');
  const sent = numbered(120);
  await sender.sendMessages(sent);

  const pages = [];
  for (let i = 0; i < 4; i++) pages.push(await receiver.peekMessages(50));
  assert.deepEqual(
    pages.map((page) => page.length),
    [50, 50, 20, 0],
    'each page goes on where the last one ended',
  );
  const all = pages.flat();
  assert.deepEqual(bodies(all), bodies(sent));
  assert.equal(all[0].lockToken, undefined, 'peeking takes no lock');

  const [from] = await receiver.peekMessages(1, { fromSequenceNumber: all[70].sequenceNumber });
  assert.equal(from.body, 'message 70');

  const received = await receive(receiver, 120);
  assert.ok(
    received.every((m) => m.deliveryCount === 0),
    'peeking counts no delivery',
  );
  assert.equal((await peekAll(client, queue)).length, 120, 'a locked message is peeked too');
  for (const message of received) await receiver.completeMessage(message);
  await assertEmpty(client, queue);
});
