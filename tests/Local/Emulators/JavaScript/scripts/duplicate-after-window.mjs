// On a queue whose window of ten minutes passes in a second.
import assert from 'node:assert/strict';
import { bodies, judge, peekAll, until } from './judge.mjs';

const windowInMs = 1_000;

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages({ body: 0, messageId: 'a' });

  let sent = 0;
  await until(async () => {
    await sender.sendMessages({ body: ++sent, messageId: 'a' });
    return (await peekAll(client, queue)).length === 2;
  });

  const [first, second] = await peekAll(client, queue);
  assert.deepEqual(bodies([first, second]), [0, sent], 'after the window it is a message like any other');
  const between = second.enqueuedTimeUtc - first.enqueuedTimeUtc;
  assert.ok(between >= 0.95 * windowInMs, `within the window it is dropped, not stored after ${between} ms`);
});
