import assert from 'node:assert/strict';
import { bodies, judge, peekAll } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages({ body: 'first', messageId: 'same' });
  await sender.sendMessages({ body: 'second', messageId: 'same' });
  assert.deepEqual(bodies(await peekAll(client, queue)), ['first', 'second']);
});
