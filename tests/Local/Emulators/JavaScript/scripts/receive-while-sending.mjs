// Each short call drains its link while messages keep arriving: none may be lost on the way.
import assert from 'node:assert/strict';
import { assertEmpty, judge } from './judge.mjs';

const total = 400;

await judge(async ({ client, queue, sender, receiver }) => {
  let sent = 0;
  const sending = (async () => {
    while (sent < total) await sender.sendMessages({ body: sent++ });
  })();

  const received = [];
  while (received.length < total) {
    const some = await receiver.receiveMessages(7, { maxWaitTimeInMs: 20_000, maxTimeAfterFirstMessageInMs: 1 });
    assert.notEqual(some.length, 0, `received ${received.length} of ${sent} messages, and no more`);
    for (const message of some) {
      assert.equal(message.deliveryCount, 0, `message ${message.body} was delivered before, and lost`);
      received.push(message.body);
    }
    await Promise.all(some.map((m) => receiver.completeMessage(m)));
  }

  await sending;
  assert.equal(new Set(received).size, total, 'each message once');
  await assertEmpty(client, queue);
});
