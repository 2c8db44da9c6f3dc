import assert from 'node:assert/strict';
import { bodies, judge, peekAll } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages({ body: 'before', messageId: 'a' });
  await sender.sendMessages([
    { body: 'duplicate of an earlier one', messageId: 'a' },
    { body: 'first', messageId: 'b' },
    { body: 'duplicate within', messageId: 'b' },
    { body: 'last', messageId: 'c' },
  ]);
  assert.deepEqual(bodies(await peekAll(client, queue)), ['before', 'first', 'last']);
});
