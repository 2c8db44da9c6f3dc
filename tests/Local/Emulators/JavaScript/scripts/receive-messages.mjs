import assert from 'node:assert/strict';
import { bodies, judge, numbered, receive } from './judge.mjs';

const linkOf = (receiver) => receiver._batchingReceiver.link.name;

await judge(async ({ sender, receiver }) => {
  await sender.sendMessages(numbered(5));
  const full = await receiver.receiveMessages(5, { maxWaitTimeInMs: 20_000, maxTimeAfterFirstMessageInMs: 20_000 });
  assert.equal(full.length, 5, 'all that was asked for');
  const link = linkOf(receiver);

  await sender.sendMessages(numbered(3, 'partial'));
  const partial = await receiver.receiveMessages(10, { maxWaitTimeInMs: 20_000, maxTimeAfterFirstMessageInMs: 5_000 });
  assert.deepEqual(bodies(partial), ['partial 0', 'partial 1', 'partial 2'], 'what there was');

  const empty = await receiver.receiveMessages(10, { maxWaitTimeInMs: 300 });
  assert.deepEqual(bodies(empty), [], 'nothing more');

  await sender.sendMessages({ body: 'after the drains' });
  const [after] = await receive(receiver, 1);
  assert.equal(after.body, 'after the drains');
  // Without the drain's answer the client gives the link up and opens another one.
  assert.equal(linkOf(receiver), link, 'the broker answered each drain, so the link is still the first');
  for (const message of [...full, ...partial, after]) await receiver.completeMessage(message);
});
