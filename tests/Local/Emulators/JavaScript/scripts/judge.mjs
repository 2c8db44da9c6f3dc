// What the scripts share: one client per script, receiving with a readable failure, and the talk with the test that
// started the script.
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { inspect } from 'node:util';
import { ServiceBusClient } from '@azure/service-bus';
import Long from 'long';

const [connectionString, queue] = process.argv.slice(2);

// Long enough for a very busy machine, where a client that retries would send twice; nothing waits this long unless it
// fails.
const patienceInMs = 60_000;

// A failing call is to be seen as an error before the script's deadline, so the client retries once, soon.
const retryOptions = { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: patienceInMs };

export const newClient = (options = {}) => new ServiceBusClient(connectionString, { retryOptions, ...options });

/** Runs the script's body; a failure is printed and makes the exit code 1. */
export async function judge(body, clientOptions = {}) {
  const client = newClient(clientOptions);
  try {
    await body({ client, queue, sender: client.createSender(queue), receiver: client.createReceiver(queue) });
    await client.close();
    process.exit(0);
  } catch (error) {
    console.error(error);
    // An assertion on an error shows that error by its type alone.
    if (error.actual instanceof Error)
      console.error('It was:', inspect({ ...error.actual, stack: error.actual.stack }));
    process.exit(1);
  }
}

/** For a call that is to be refused: it does not wait long when it is not. */
export const briefly = { maxWaitTimeInMs: 5_000 };

/** Exactly so many messages, in the order of their arrival. */
export async function receive(receiver, count) {
  const received = [];
  while (received.length < count) {
    const more = await receiver.receiveMessages(count - received.length, { maxWaitTimeInMs: patienceInMs });
    assert.notEqual(
      more.length,
      0,
      `received ${received.length} of ${count} messages, and no more within ${patienceInMs} ms`,
    );
    received.push(...more);
  }
  return received;
}

export const receiveOne = async (receiver) => (await receive(receiver, 1))[0];

/**
 * All that lies in the queue in any state. The client keeps one cursor for all receivers of a queue, so each page says
 * where it begins.
 */
export async function peekAll(client, entity, options = {}) {
  const receiver = client.createReceiver(entity, options);
  const found = [];
  for (let from = Long.ONE; ; from = found.at(-1).sequenceNumber.add(1)) {
    const page = await receiver.peekMessages(100, { fromSequenceNumber: from });
    if (page.length === 0) break;
    found.push(...page);
  }
  await receiver.close();
  return found;
}

export async function assertEmpty(client, entity, options = {}) {
  const left = await peekAll(client, entity, options);
  assert.deepEqual(
    left.map((m) => m.body),
    [],
    `${entity} holds messages that should be gone`,
  );
}

export const deadLetter = { subQueueType: 'deadLetter' };

/** Without it the client renews the lock of what it received, and the lock never runs out. */
export const withoutRenewal = { maxAutoLockRenewalDurationInMs: 0 };

/** Asks again until the answer holds; each round waits for the broker's answer. The test's deadline bounds it. */
export async function until(question) {
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    await new Promise(setImmediate);
  }
}

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Has the test that runs this script do something, such as a restart of the emulator, and waits until it is done. */
export async function ask(request) {
  console.log(request);
  const { value, done } = await answers.next();
  assert.equal(done, false, `the test did not answer to '${request}'`);
  return value;
}

/** Sets the broker's clock ahead. What is due by then is done once the broker looks at it, within ten seconds. */
export const pass = (minutes) => ask(`pass ${minutes}`);

export const inMinutes = (minutes) => new Date(Date.now() + minutes * 60_000);

export const bodies = (messages) => messages.map((m) => m.body);

export const numbered = (count, prefix = 'message') =>
  Array.from({ length: count }, (_, i) => ({ body: `${prefix} ${i}` }));

/** A promise that is settled from elsewhere. */
export function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}
