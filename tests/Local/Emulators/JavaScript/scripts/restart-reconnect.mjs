import assert from 'node:assert/strict';
import { ask, assertEmpty, judge, withResolvers } from './judge.mjs';

// Its client sends again what is stored and acknowledged late.
const once = (body) => ({ body, messageId: body });

await judge(
  async ({ client, queue, sender, receiver }) => {
    const expected = new Map(['before', 'after', 'again'].map((body) => [body, withResolvers()]));
    receiver.subscribe({
      processMessage: async ({ body }) => expected.get(body).resolve(),
      processError: async () => {
        /* the client reports the broken link and mends it */
      },
    });
    await sender.sendMessages(once('before'));
    await expected.get('before').promise;

    for (const body of ['after', 'again']) {
      await ask('restart');
      await sender.sendMessages(once(body));
      await expected.get(body).promise;
    }

    await receiver.close();
    await assertEmpty(client, queue);
  },
  { retryOptions: { maxRetries: 100, retryDelayInMs: 100, timeoutInMs: 5_000 } },
);
