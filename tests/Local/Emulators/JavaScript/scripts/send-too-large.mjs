import assert from 'node:assert/strict';
import { bodies, judge, peekAll } from './judge.mjs';

await judge(async ({ client, queue, sender }) => {
  const { maxSizeInBytes } = await sender.createMessageBatch();

  await assert.rejects(sender.sendMessages({ body: Buffer.alloc(maxSizeInBytes + 1) }), {
    code: 'MessageSizeExceeded',
  });

  await sender.sendMessages({ body: Buffer.alloc(maxSizeInBytes - 1024, 'x'), messageId: 'just within' });
  await sender.sendMessages({ body: 'small' });
  const stored = await peekAll(client, queue, { skipParsingBodyAsJson: true });
  assert.deepEqual(
    bodies(stored).map((b) => b.length),
    [maxSizeInBytes - 1024, JSON.stringify('small').length],
  );
});
