import assert from 'node:assert/strict';
import { judge, receiveOne, withResolvers } from './judge.mjs';

await judge(async ({ client, queue, sender, receiver }) => {
  // The client looks at the link before the error that follows it, and mostly puts the refusal in its own words.
  const refused = /SessionCannotBeLocked|InvalidOperation/;
  await assert.rejects(
    client.acceptNextSession(queue),
    (error) => refused.test(error.code + error.message),
    'any session',
  );
  await assert.rejects(
    client.acceptSession(queue, 'session-1'),
    (error) => refused.test(error.code + error.message),
    'a session by its name',
  );

  // The broker's own words are heard one layer below.
  const told = withResolvers();
  const source = { address: queue, filter: { 'com.microsoft:session-filter': 'session-1' } };
  await client._connectionContext.connection.createReceiver({
    source,
    credit_window: 0,
    onError: ({ receiver: link }) => told.resolve(link.error),
  });
  const { condition, description } = await told.promise;
  assert.equal(condition, 'amqp:not-allowed');
  assert.match(
    description,
    /^A sessionful message receiver cannot be created on an entity that does not require sessions/,
  );

  await sender.sendMessages({ body: 'the connection lives on' });
  assert.equal((await receiveOne(receiver)).body, 'the connection lives on');
});
