import assert from 'node:assert/strict';
import { judge, peekAll } from './judge.mjs';

const size = 150 * 1024;
const count = 24;

await judge(async ({ client, queue, sender }) => {
  for (let i = 0; i < count; i++) await sender.sendMessages({ body: Buffer.alloc(size, i) });

  const found = await peekAll(client, queue, { skipParsingBodyAsJson: true });
  assert.deepEqual(
    found.map((m) => [m.body.length, m.body[0], m.body[size - 1]]),
    Array.from({ length: count }, (_, i) => [size, i, i]),
  );
});
