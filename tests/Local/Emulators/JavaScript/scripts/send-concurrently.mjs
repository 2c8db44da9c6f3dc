import assert from 'node:assert/strict';
import { judge, peekAll } from './judge.mjs';

const senders = 5;
const each = 100;

await judge(async ({ client, queue }) => {
  const sends = Array.from({ length: senders }, () => client.createSender(queue)).flatMap((sender, s) =>
    Array.from({ length: each }, (_, i) => sender.sendMessages({ body: `${s}-${i}` })),
  );
  await Promise.all(sends);

  const stored = await peekAll(client, queue);
  assert.equal(stored.length, senders * each);
  assert.equal(new Set(stored.map((m) => m.body)).size, senders * each, 'each message once');
});
