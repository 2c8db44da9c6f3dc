import assert from 'node:assert/strict';
import { assertEmpty, judge, withResolvers } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({ body: 'third time lucky' });

  const counts = [];
  const done = withResolvers();
  receiver.subscribe({
    processMessage: async (message) => {
      counts.push(message.deliveryCount);
      if (counts.length < 3) throw new Error('not yet');
      await receiver.completeMessage(message);
      done.resolve();
    },
    processError: async ({ error, errorSource }) => {
      if (errorSource !== 'processMessageCallback') done.reject(error);
    },
  });

  await done.promise;
  await receiver.close();
  assert.deepEqual(counts, [0, 1, 2], 'given back at once, each time counted');
  await assertEmpty(client, queue);
});
