import assert from 'node:assert/strict';
import { judge, newClient, peekAll } from './judge.mjs';

const connections = 10;

await judge(async ({ client, queue }) => {
  for (let i = 0; i < connections; i++) {
    const visitor = newClient();
    await visitor.createSender(queue).sendMessages({ body: i });
    await visitor.close();
  }
  assert.equal((await peekAll(client, queue)).length, connections);
});
