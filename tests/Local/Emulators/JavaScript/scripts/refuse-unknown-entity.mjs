import assert from 'node:assert/strict';
import { assertEmpty, briefly, deadLetter, inMinutes, judge, receiveOne, withResolvers } from './judge.mjs';

const unknown = 'no-such-queue';
const notFound = { code: 'MessagingEntityNotFound' };

await judge(async ({ client, queue, sender }) => {
  await assert.rejects(client.createSender(unknown).sendMessages({ body: 'to nobody' }), notFound, 'send');
  await assert.rejects(client.createReceiver(unknown).receiveMessages(1, briefly), notFound, 'receive');
  await assert.rejects(
    client.createReceiver(unknown, deadLetter).receiveMessages(1, briefly),
    notFound,
    'dead letters',
  );
  await assert.rejects(client.createReceiver(unknown).peekMessages(1), notFound, 'peek');
  await assert.rejects(
    client.createSender(unknown).scheduleMessages({ body: 'x' }, inMinutes(1)),
    notFound,
    'schedule',
  );

  const reported = withResolvers();
  const subscription = client.createReceiver(unknown).subscribe({
    processMessage: async () => {},
    processError: async ({ error }) => reported.resolve(error),
  });
  assert.equal((await reported.promise).code, notFound.code, 'subscribe');
  await subscription.close();

  await sender.sendMessages({ body: 'the connection lives on' });
  const message = await receiveOne(client.createReceiver(queue, { receiveMode: 'receiveAndDelete' }));
  assert.equal(message.body, 'the connection lives on');
  await assertEmpty(client, queue);
});
