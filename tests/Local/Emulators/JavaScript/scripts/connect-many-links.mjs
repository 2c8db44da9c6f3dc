import assert from 'node:assert/strict';
import { judge, peekAll } from './judge.mjs';

// The client opens a session per link: more than a server allows by default on one connection.
const links = 260;

await judge(async ({ client, queue }) => {
  await Promise.all(Array.from({ length: links }, (_, i) => client.createSender(queue).sendMessages({ body: i })));
  assert.equal((await peekAll(client, queue)).length, links);
});
