import assert from "node:assert/strict";
import { judge, receiveOne } from "./judge.mjs";

const refusal = /InvalidOperation.*sessionful message receiver cannot be created on an entity that does not require sessions/s;

await judge(async ({ client, queue, sender, receiver }) => {
  await assert.rejects(client.acceptSession(queue, "session-1"), refusal, "a session by its name");
  await assert.rejects(client.acceptNextSession(queue), refusal, "any session");

  await sender.sendMessages({ body: "the connection lives on" });
  assert.equal((await receiveOne(receiver)).body, "the connection lives on");
});
