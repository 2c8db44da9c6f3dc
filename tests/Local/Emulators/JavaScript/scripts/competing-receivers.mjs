import assert from 'node:assert/strict';
import { assertEmpty, judge, newClient, numbered, withResolvers } from './judge.mjs';

const total = 200;

await judge(async ({ client, queue, sender }) => {
  const handled = [];
  const all = withResolvers();
  const everybody = withResolvers();
  const served = new Set();
  const clients = [newClient(), newClient()];
  const receivers = clients.flatMap((c) => [c.createReceiver(queue), c.createReceiver(queue)]);
  for (const receiver of receivers) {
    receiver.subscribe(
      {
        processMessage: async (message) => {
          // Nobody goes on before everybody has a share: one that takes all would never end.
          if (served.add(receiver).size === receivers.length) everybody.resolve();
          await everybody.promise;
          handled.push(message.body);
          await receiver.completeMessage(message);
          if (handled.length === total) all.resolve();
        },
        processError: async ({ error }) => all.reject(error),
      },
      { autoCompleteMessages: false, maxConcurrentCalls: 2 },
    );
  }

  for (let i = 0; i < total; i += 20) await sender.sendMessages(numbered(20, `chunk ${i}`));
  await all.promise;
  for (const each of clients) await each.close();

  assert.equal(handled.length, total, 'no message twice');
  assert.equal(new Set(handled).size, total, 'each message once');
  await assertEmpty(client, queue);
});
