import assert from 'node:assert/strict';
import { bodies, judge, inMinutes, peekAll } from './judge.mjs';

const aDay = 24 * 60;

await judge(async ({ client, queue, sender }) => {
  await sender.scheduleMessages({ body: 'scheduled first', messageId: 'a' }, inMinutes(aDay));
  await sender.sendMessages({ body: 'then sent', messageId: 'a' });

  await sender.sendMessages({ body: 'sent first', messageId: 'b' });
  const [useless] = await sender.scheduleMessages([{ body: 'then scheduled', messageId: 'b' }], inMinutes(aDay));
  assert.ok(useless, 'a duplicate still gets a sequence number');
  await assert.rejects(sender.cancelScheduledMessages(useless), { code: 'MessageNotFound' }, 'which is of no use');

  await sender.sendMessages({ body: 'sent with a time', messageId: 'c', scheduledEnqueueTimeUtc: inMinutes(aDay) });
  await sender.sendMessages({ body: 'then sent', messageId: 'c' });

  assert.deepEqual(bodies(await peekAll(client, queue)).toSorted(), [
    'scheduled first',
    'sent first',
    'sent with a time',
  ]);
});
