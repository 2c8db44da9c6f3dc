import assert from 'node:assert/strict';
import { inMinutes, judge, peekAll, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({ body: 'put aside' });
  await receiver.deferMessage(await receiveOne(receiver));
  await sender.sendMessages({ body: 'locked' });
  const locked = await receiveOne(receiver);
  await sender.sendMessages({ body: 'waiting' });
  const due = inMinutes(24 * 60);
  await sender.sendMessages({ body: 'later', scheduledEnqueueTimeUtc: due });

  const found = await peekAll(client, queue);
  assert.deepEqual(Object.fromEntries(found.map((m) => [m.body, m.state])), {
    'put aside': 'deferred',
    locked: 'active',
    waiting: 'active',
    later: 'scheduled',
  });
  const later = found.find((m) => m.body === 'later');
  assert.equal(new Date(later.scheduledEnqueueTimeUtc).getTime(), due.getTime());
  await receiver.completeMessage(locked);
});
