import assert from 'node:assert/strict';
import { bodies, judge, numbered, receive } from './judge.mjs';

await judge(async ({ sender, receiver }) => {
  const sent = numbered(25);
  await sender.sendMessages(sent);

  const received = await receive(receiver, 25);
  assert.deepEqual(bodies(received), bodies(sent), 'each once, in the order sent');
  const numbers = received.map((m) => m.sequenceNumber.toNumber());
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
    'sequence numbers rise',
  );
  assert.equal(new Set(numbers).size, 25, 'sequence numbers are unique');
});
