import assert from 'node:assert/strict';
import { briefly, judge, receiveOne } from './judge.mjs';

const notFound = { code: 'MessagingEntityNotFound' };

await judge(async ({ client, queue, sender, receiver }) => {
  await assert.rejects(client.createSender('topic').sendMessages({ body: 'to a topic' }), notFound, 'a topic');
  await assert.rejects(
    client.createReceiver('topic', 'subscription').receiveMessages(1, briefly),
    notFound,
    'a subscription',
  );
  await assert.rejects(
    client.createReceiver(queue, 'subscription').receiveMessages(1, briefly),
    notFound,
    'a subscription of a queue',
  );
  await assert.rejects(
    client.createRuleManager('topic', 'subscription').createRule('rule', { correlationId: 'x' }),
    notFound,
    'a rule',
  );

  await sender.sendMessages({ body: 'the connection lives on' });
  assert.equal((await receiveOne(receiver)).body, 'the connection lives on');
});
