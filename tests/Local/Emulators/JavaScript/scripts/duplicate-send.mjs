import assert from "node:assert/strict";
import { bodies, judge, numbered, peekAll } from "./judge.mjs";

await judge(async ({ client, queue, sender }) => {
  await sender.sendMessages({ body: "first", messageId: "twice" });
  await sender.sendMessages({ body: "second", messageId: "twice" });
  await sender.sendMessages({ body: "other", messageId: "once" });
  assert.deepEqual(bodies(await peekAll(client, queue)), ["first", "other"], "a duplicate is accepted and dropped");

  await sender.sendMessages(numbered(3));
  assert.equal((await peekAll(client, queue)).length, 5, "messages without an id are never duplicates");
});
