import assert from 'node:assert/strict';
import { assertEmpty, bodies, judge, numbered, peekAll, receive } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  const sent = numbered(10);
  await sender.sendMessages(sent);

  const receiver = client.createReceiver(queue, { receiveMode: 'receiveAndDelete' });
  const first = await receive(receiver, 4);
  assert.equal((await peekAll(client, queue)).length, 6, 'only those received are gone');

  const rest = await receive(receiver, 6);
  assert.deepEqual(bodies([...first, ...rest]), bodies(sent));
  assert.equal(first[0].lockToken, undefined);
  await assertEmpty(client, queue);
});
