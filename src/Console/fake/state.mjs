// What the fake server knows: made anew for each token, so that nobody disturbs another. For development only.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const hex = (seed, digits) => (seed * 2654435761 % 2 ** 32).toString(16).padStart(8, '0').repeat(5).slice(0, digits);
const iso = time => new Date(time).toISOString();

export const eventNames = ['visitor.pre_registered', 'visitor.checked_in', 'visitor.checked_out'];
const noticeNames = ['webhook.failing', 'webhook.recovered'];
export const noticesId = `sub_${'0'.repeat(20)}`;
const waits = [5, 10, 20, 40, 80, 160, 300, 300, 300];

const failures = {
  404: ['http', null,
    '404: there is no receiver under this URL. Check its path, and whether the receiver was deleted.'],
  401: ['http', null, '401: the receiver refused the request.'],
  timeout: ['timeout', 'answer_timeout', 'hooks.example.com did not answer within 10 s.'],
};

/** The state of a scenario: demo, empty, full, new, paused, readonly and others; see README.md. */
export function makeState(scenario) {
  const now = Date.now();
  const webhook = (index, name, url, more = {}) => ({
    id: `sub_${hex(index + 1, 20)}`, name, url, events: [...eventNames], headerNames: [], hasSecret: true,
    secretCreatedAt: iso(now - 40 * 24 * hour), earlierSecretsSignUntil: [], createdAt: iso(now - 60 * 24 * hour),
    pausedAt: null, version: 1, attempts: [], letters: [], parked: 0, state: 'nothing_sent', ...more,
  });
  const webhooks = scenario === 'empty' ? [] : [
    webhook(0, 'Access control via Zapier', 'https://hooks.zapier.com/hooks/catch/1234567/abcd', { state: 'failing' }),
    webhook(1, 'Munich data warehouse', 'https://dwh.example.com/visitors', {
      state: 'working', headerNames: ['X-Key'] }),
    webhook(2, 'n8n (reception)', 'https://n8n.example.com/webhook/visitors', {
      state: 'retrying', earlierSecretsSignUntil: [iso(now + 26 * hour)] }),
    webhook(3, 'Test', 'https://test.example.com/hook', {
      state: 'paused', pausedAt: iso(now - 20 * hour), parked: 41 }),
    webhook(4, null, 'https://prod-12.westeurope.logic.azure.com:443/workflows/0815/triggers/manual?sig=x', {
      hasSecret: false, secretCreatedAt: null, events: ['*'] }),
  ];
  if (scenario === 'full') {
    while (webhooks.length < 20) webhooks.push(webhook(webhooks.length, `Webhook ${webhooks.length + 1}`,
      `https://receiver-${webhooks.length + 1}.example.com/atrium/events`));
  }
  if (scenario === 'quiet') for (const one of webhooks.slice(0, 3)) one.state = 'working';
  for (const [index, one] of webhooks.entries()) fill(one, index, scenario === 'quiet' ? now - 72 * hour : now);
  const toldTo = { id: noticesId, attempts: [], letters: [] };
  if (scenario === 'full') fillNotices(toldTo, now);
  return {
    scenario, webhooks, deleted: [], toldTo, tests: 0,
    jobs: scenario === 'job' ? [makeJob('replay', {}, 200, now - 3 * second)] : [], idempotent: new Map(),
    notices: scenario !== 'full' ? null : {
      url: 'https://hooks.zapier.com/hooks/catch/1234567/told', enabled: true, createdAt: iso(now - 60 * 24 * hour),
      secretCreatedAt: iso(now - 40 * 24 * hour), earlierSecretsSignUntil: [], version: 1,
    },
    endsAt: now + hour,
  };
}

function fill(webhook, index, now) {
  if (webhook.state === 'nothing_sent') return;
  const add = adder(webhook, index, now);
  for (let event = 0; event < 40; event++) add((event * 33 + 6 + index) * minute, event, 1, 1, 'Delivered');
  if (webhook.state === 'retrying') ownDelivery(webhook, add, 35 * second, 50, 7, 'Retrying', 'timeout');
  if (webhook.state === 'failing') {
    for (let event = 0; event < 12; event++) {
      ownDelivery(webhook, add, (event * 3 + 2) * minute, 60 + event, 10, 'DeadLettered', event < 9 ? 404 : 'timeout');
    }
  }
  webhook.attempts.sort(newestFirst);
}

// A webhook begins to fail at each even number, and works again at the odd one after it.
function fillNotices(toldTo, now) {
  const add = adder(toldTo, 0, now);
  for (const [event, hours] of [200, 199, 26, 25, 3, 2].entries()) {
    if (event === 2) ownDelivery(toldTo, add, hours * hour, event, 10, 'DeadLettered', 404);
    else add(hours * hour, event, 1, 1, 'Delivered');
  }
  toldTo.attempts.sort(newestFirst);
}

const newestFirst = (a, b) => b.startedAt.localeCompare(a.startedAt);

const nameOf = (webhook, event) => {
  const names = webhook.id === noticesId ? noticeNames : eventNames;
  return names[event % names.length];
};

// Adds attempts to a webhook.
function adder(webhook, index, now) {
  return (ago, event, run, attempt, outcome, what) => {
    const [errorClass, cause, explanation] = outcome === 'Delivered' ? [null, null, null] : failures[what];
    const startedAt = now - ago;
    webhook.attempts.push({
      deliveryId: `msg_${hex(index * 1000 + Math.round(ago / minute) + event * 77 + 5, 32)}`,
      eventId: `evt_${hex(event + 9, 16)}`, event: nameOf(webhook, event), run, attempt, dueAt: iso(startedAt),
      startedAt: iso(startedAt), outcome, status: outcome === 'Delivered' ? 204 : Number(what) || null, errorClass,
      cause, explanation, responseExcerpt: what === 404 ? '{"status":"error","message":"<b>hook</b> not found"}' : null,
      resent: false,
      timings: { dns: null, connect: 20, tls: 31, firstByte: 140, total: what === 'timeout' ? 10_000 : 141 },
      nextAttemptAt: outcome === 'Retrying' ? iso(startedAt + waits[attempt - 1] * second) : null,
    });
  };
}

// A delivery that failed several times, the last time so long ago.
function ownDelivery(webhook, add, ago, event, attempts, outcome, what) {
  const id = `msg_${hex(event * 31 + webhook.id.length + ago, 32)}`;
  let back = ago;
  for (let attempt = attempts; attempt >= 1; attempt--) {
    add(back, event, 1, attempt, attempt === attempts ? outcome : 'Retrying', what);
    const made = webhook.attempts.at(-1);
    made.deliveryId = id;
    if (attempt > 1) back += waits[attempt - 2] * second;
  }
  if (outcome !== 'DeadLettered') return;
  webhook.letters.push({
    queue: 'deliveries', sequenceNumber: `${webhook.id === noticesId ? 2 : 1}${webhook.letters.length}`, tenant: 'demo',
    subscriptionId: webhook.id, deliveryId: id, eventId: `evt_${hex(event + 9, 16)}`, event: nameOf(webhook, event),
    run: 1, attempt: attempts, reason: 'AttemptsExhausted', description: failures[what][2],
    lastErrorClass: failures[what][0], lastStatus: Number(what) || null,
    failedAt: iso(Date.now() - ago), acceptedAt: iso(Date.now() - back), size: 412,
  });
}

/** A job that gets on by one message each 0.7 seconds. */
export function makeJob(kind, filter, expected, now = Date.now()) {
  return {
    id: `job_${hex(Math.floor(now / 7) % 1e6, 32)}`, kind, queue: 'deliveries/$deadletterqueue', filter, expected,
    begun: now, stoppedAt: null, createdAt: iso(now),
  };
}

export function viewOfJob(job) {
  const end = job.stoppedAt ?? Date.now();
  const taken = Math.min(job.expected, Math.floor((end - job.begun) / 700));
  const isDone = taken >= job.expected || job.stoppedAt !== null;
  return {
    id: job.id, kind: job.kind, queue: job.queue, filter: job.filter, createdAt: job.createdAt, explanation: null,
    state: job.stoppedAt ? 'stopped' : isDone ? 'succeeded' : 'running', stopRequested: job.stoppedAt !== null,
    counts: { expected: job.expected, taken, skipped: 0, firstSkipped: [], subscriptionDeleted: 0, examined: taken },
    updatedAt: iso(Date.now()), endedAt: isDone ? iso(end) : null,
  };
}

export function viewOf({ attempts: _, letters: __, parked: ___, state: ____, secret: _____, version, ...one }) {
  return { ...one, etag: `"${version}"` };
}

export function overviewOf({ webhooks }) {
  const now = Date.now();
  const start = Math.floor(now / hour) * hour - 23 * hour;
  return {
    asOf: iso(now), indexedAt: iso(now - 6000),
    subscriptions: webhooks.map(one => {
      const hours = Array.from({ length: 24 }, (_, at) => {
        const within = one.attempts.filter(({ startedAt }) =>
          Math.floor((Date.parse(startedAt) - start) / hour) === at);
        const count = outcome => within.filter(attempt => attempt.outcome === outcome).length;
        return {
          from: iso(start + at * hour), delivered: count('Delivered'), failed: count('Retrying'),
          givenUp: count('DeadLettered'),
        };
      });
      const failed = one.attempts.find(({ outcome }) => outcome !== 'Delivered');
      return {
        id: one.id, name: one.name, url: one.url, events: one.events, pausedAt: one.pausedAt, etag: `"${one.version}"`,
        state: one.pausedAt ? 'paused' : one.state === 'paused' ? 'working' : one.state, hours, complete: true,
        lastDeliveredAt: one.attempts.find(({ outcome }) => outcome === 'Delivered')?.startedAt ?? null,
        lastFailure: failed ? {
          at: failed.startedAt, deliveryId: failed.deliveryId, status: failed.status, errorClass: failed.errorClass,
          cause: failed.cause, explanation: failed.explanation,
        } : null,
        retrying: one.state === 'retrying' ? 1 : 0, deadLetters: one.letters.length, parked: one.parked,
      };
    }),
  };
}
