import assert from 'node:assert/strict';
import { assertEmpty, bodies, deadLetter, judge, numbered, peekAll, receive } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  // One tick, one outcome: the client merges these into few dispositions that name ranges.
  await sender.sendMessages(numbered(100));
  const many = await receive(receiver, 100);
  await Promise.all(many.filter((_, i) => i % 3 !== 0).map((m) => receiver.completeMessage(m)));
  await Promise.all(many.filter((_, i) => i % 3 === 0).map((m) => receiver.completeMessage(m)));
  await assertEmpty(client, queue);

  // Mixed outcomes, last to first.
  await sender.sendMessages(numbered(6));
  const few = await receive(receiver, 6);
  for (const message of [few[5], few[3]]) await receiver.completeMessage(message);
  for (const message of [few[4], few[1]]) await receiver.deadLetterMessage(message);
  for (const message of [few[2], few[0]]) await receiver.deferMessage(message);

  assert.deepEqual(bodies(await peekAll(client, queue)), ['message 0', 'message 2']);
  assert.deepEqual(bodies(await peekAll(client, queue, deadLetter)).toSorted(), ['message 1', 'message 4']);
});
