// On a broker whose clock runs sixty times as fast. What the client reads and writes are times of its own clock;
// the spans between them are what pass faster.
import assert from 'node:assert/strict';
import { inMinutes, judge, peekAll, receiveOne, withoutRenewal } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  const before = Date.now();
  // At once: their distance must not depend on how long a call takes.
  await sender.sendMessages([
    { body: 'second', scheduledEnqueueTimeUtc: inMinutes(2) },
    { body: 'first', scheduledEnqueueTimeUtc: inMinutes(1) },
  ]);
  assert.equal((await peekAll(client, queue)).length, 2);

  const receiver = client.createReceiver(queue, withoutRenewal);
  for (const [index, body] of ['first', 'second'].entries()) {
    const message = await receiveOne(receiver);
    assert.equal(message.body, body);
    const waited = Date.now() - before;
    const due = (index + 1) * 1_000;
    assert.ok(waited >= 0.95 * due, `${body} came after ${waited} ms, not before ${due} ms`);
    assert.ok(waited < (index + 1) * 60_000, `${body} came after ${waited} ms, not at the pace of the client's clock`);
    assert.ok(
      Math.abs(message.enqueuedTimeUtc - Date.now()) < 30_000,
      `enqueued at ${message.enqueuedTimeUtc.toISOString()}, by the client's clock`,
    );
    await receiver.completeMessage(message);
  }
});
