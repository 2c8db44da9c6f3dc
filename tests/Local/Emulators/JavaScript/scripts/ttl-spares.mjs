// What the time to live does not touch: the dead-letter queue and deferred messages. On a queue that dead-letters what
// expires.
import assert from 'node:assert/strict';
import { bodies, deadLetter, judge, pass, peekAll, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({ body: 'dead already', timeToLive: 600_000 });
  await receiver.deadLetterMessage(await receiveOne(receiver), { deadLetterReason: 'Own' });
  await sender.sendMessages({ body: 'deferred', timeToLive: 600_000 });
  await receiver.deferMessage(await receiveOne(receiver));

  // Expires after the other two would have.
  await sender.sendMessages({ body: 'clock', timeToLive: 660_000 });
  await pass(15);
  const graveyard = client.createReceiver(queue, deadLetter);
  const first = await receiveOne(graveyard);
  const second = await receiveOne(graveyard);

  assert.deepEqual(bodies([first, second]), ['dead already', 'clock'], 'a deferred message is not moved');
  assert.deepEqual([first.deadLetterReason, second.deadLetterReason], ['Own', 'TTLExpiredException']);
  assert.deepEqual(bodies(await peekAll(client, queue, deadLetter)), ['dead already', 'clock']);
});
