import assert from 'node:assert/strict';
import { assertEmpty, judge, numbered, withResolvers } from './judge.mjs';

const concurrency = 8;
const total = 40;

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages(numbered(total));

  let active = 0;
  let most = 0;
  const handled = [];
  const all = withResolvers();
  const together = withResolvers();
  const subscription = receiver.subscribe(
    {
      processMessage: async (message) => {
        most = Math.max(most, ++active);
        // The first ones wait for each other: this ends only if the broker hands out that many at once.
        if (active === concurrency) together.resolve();
        await together.promise;
        handled.push(message.body);
        active--;
        if (handled.length === total) all.resolve();
      },
      processError: async ({ error }) => all.reject(error),
    },
    { maxConcurrentCalls: concurrency },
  );

  await all.promise;
  await subscription.close();
  await receiver.close();
  assert.equal(most, concurrency, 'never more than asked for');
  assert.equal(new Set(handled).size, total, 'each message once');
  await assertEmpty(client, queue);
});
