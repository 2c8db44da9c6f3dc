import assert from 'node:assert/strict';
import { bodies, judge, numbered, peekAll } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages({ body: 'first', messageId: 'twice' });
  await sender.sendMessages({ body: 'second', messageId: 'twice' });
  await sender.sendMessages({ body: 'other', messageId: 'once' });
  assert.deepEqual(bodies(await peekAll(client, queue)), ['first', 'other'], 'a duplicate is accepted and dropped');

  await sender.sendMessages({ body: 'number', messageId: 7 });
  await sender.sendMessages({ body: 'same number', messageId: 7 });
  assert.deepEqual(bodies(await peekAll(client, queue)), ['first', 'other', 'number'], 'an id may be a number');

  await sender.sendMessages(numbered(3));
  assert.equal((await peekAll(client, queue)).length, 6, 'messages without an id are never duplicates');
});
