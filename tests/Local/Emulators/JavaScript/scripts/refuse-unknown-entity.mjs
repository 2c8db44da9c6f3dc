import assert from "node:assert/strict";
import { assertEmpty, judge, withResolvers } from "./judge.mjs";

const unknown = "no-such-queue";
const notFound = { code: "MessagingEntityNotFound" };

await judge(async ({ client, queue, sender }) => {
  await assert.rejects(client.createSender(unknown).sendMessages({ body: "to nobody" }), notFound, "send");
  await assert.rejects(client.createReceiver(unknown).receiveMessages(1, { maxWaitTimeInMs: 5_000 }), notFound, "receive");
  await assert.rejects(client.createReceiver(unknown, { subQueueType: "deadLetter" }).receiveMessages(1, { maxWaitTimeInMs: 5_000 }), notFound, "dead letters");
  await assert.rejects(client.createReceiver(unknown).peekMessages(1), notFound, "peek");
  await assert.rejects(client.createSender(unknown).scheduleMessages({ body: "x" }, new Date(Date.now() + 60_000)), notFound, "schedule");

  const reported = withResolvers();
  const subscription = client.createReceiver(unknown).subscribe({
    processMessage: async () => {},
    processError: async ({ error }) => reported.resolve(error),
  });
  assert.equal((await reported.promise).code, notFound.code, "subscribe");
  await subscription.close();

  await sender.sendMessages({ body: "the connection lives on" });
  const [message] = await client.createReceiver(queue, { receiveMode: "receiveAndDelete" }).receiveMessages(1, { maxWaitTimeInMs: 20_000 });
  assert.equal(message.body, "the connection lives on");
  await assertEmpty(client, queue);
});
