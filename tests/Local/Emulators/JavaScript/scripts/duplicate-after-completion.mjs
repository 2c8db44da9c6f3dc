import { assertEmpty, deadLetter, judge, receiveOne } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages({ body: 'done', messageId: 'a' });
  await receiver.completeMessage(await receiveOne(receiver));
  await sender.sendMessages({ body: 'again', messageId: 'a' });
  await assertEmpty(client, queue);

  await sender.sendMessages({ body: 'dead', messageId: 'b' });
  await receiver.deadLetterMessage(await receiveOne(receiver));
  const graveyard = client.createReceiver(queue, deadLetter);
  await graveyard.completeMessage(await receiveOne(graveyard));
  await sender.sendMessages({ body: 'again', messageId: 'b' });
  await assertEmpty(client, queue);
});
