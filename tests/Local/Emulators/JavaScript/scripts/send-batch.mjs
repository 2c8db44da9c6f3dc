import assert from 'node:assert/strict';
import { judge, peekAll } from './judge.mjs';

const kilobytes = 1024;

await judge(async ({ client, queue, sender }) => {
  const batch = await sender.createMessageBatch();
  assert.ok(batch.maxSizeInBytes >= 256 * kilobytes, `the link announces its limit, not ${batch.maxSizeInBytes}`);

  while (batch.tryAddMessage({ body: Buffer.alloc(10 * kilobytes, batch.count) })) {
    /* until it is full */
  }
  assert.ok(batch.sizeInBytes <= batch.maxSizeInBytes, 'a batch stays within the limit');
  assert.ok(batch.sizeInBytes > batch.maxSizeInBytes - 11 * kilobytes, 'a batch fills up to the limit');
  await sender.sendMessages(batch);

  const stored = await peekAll(client, queue, { skipParsingBodyAsJson: true });
  assert.equal(stored.length, batch.count);
  stored.forEach((message, index) => assert.equal(message.body[0], index % 256, 'in the order added'));

  await assert.rejects(
    sender.createMessageBatch({ maxSizeInBytes: batch.maxSizeInBytes + 1 }),
    /greater than maximum message size/,
  );
});
