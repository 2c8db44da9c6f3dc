import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { assertEmpty, judge, newClient, numbered, pass, receive, withoutRenewal } from './judge.mjs';

const count = 5;

if (process.env.VICTIM) {
  await receive(newClient().createReceiver(process.argv[3], withoutRenewal), count);
  process.kill(process.pid, 'SIGKILL');
}

await judge(async ({ client, queue, sender, receiver }) => {
  await sender.sendMessages(numbered(count));
  const victim = spawn(process.execPath, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    env: { ...process.env, VICTIM: 'yes' },
    stdio: 'inherit',
  });
  const [, signal] = await once(victim, 'exit');
  assert.equal(signal, 'SIGKILL', 'it received all, and died');

  await pass(5);
  const received = await receive(receiver, count);
  assert.deepEqual(
    received.map((m) => m.deliveryCount),
    Array(count).fill(1),
    'its locks ran out, which counts as a delivery',
  );
  await Promise.all(received.map((message) => receiver.completeMessage(message)));
  await assertEmpty(client, queue);
});
