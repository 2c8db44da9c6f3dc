import assert from 'node:assert/strict';
import { judge, receive } from './judge.mjs';

await judge(async ({ sender, receiver }) => {
  await sender.sendMessages([{ body: 'one' }, { body: 'two' }]);

  const messages = await receive(receiver, 2);
  for (const message of messages) assert.match(message.messageId, /^\S{1,128}$/);
  assert.notEqual(messages[0].messageId, messages[1].messageId);
  // The client keys its lock renewal by message id: without one this call fails.
  for (const message of messages) await receiver.completeMessage(message);
});
