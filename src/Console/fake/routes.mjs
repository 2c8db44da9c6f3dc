// The portal's operations, imitated: method, path, and what is answered.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { eventNames, makeJob, noticesId, overviewOf, viewOf, viewOfJob } from './state.mjs';

/** An answer that is a problem. */
export class Refusal extends Error {
  constructor(status, code, detail, more = {}) {
    super(detail);
    Object.assign(this, { status, code, ...more });
  }
}

const samples = Object.fromEntries(eventNames.map(event => [event, {
  event, timestamp: '2026-04-15T09:30:00Z',
  visitor: { email: 'jane.smith@example.com', first_name: 'Jane', last_name: 'Smith', company: 'Acme Corp' },
  visit: event === 'visitor.pre_registered'
    ? { host: 'John Doe', site: 'Munich HQ', expected_arrival: '2026-04-15T10:00:00Z', purpose: 'Project kickoff' }
    : event === 'visitor.checked_in' ? { host: 'John Doe', site: 'Munich HQ', checked_in_at: '2026-04-15T10:05:00Z' }
      : { checked_in_at: '2026-04-15T10:05:00Z', checked_out_at: '2026-04-15T14:30:00Z', documents_signed: ['NDA v3'] },
}]));

const find = (state, id) => {
  const webhook = state.webhooks.find(one => one.id === id);
  if (!webhook) throw new Refusal(404, 'not_found', `There is no subscription ${id}.`);
  return webhook;
};

// Those to which something was sent: the webhooks, and the URL for notices.
const receivers = state => [...state.webhooks, ...state.deleted, state.toldTo];

const receiver = (state, id) => id === noticesId ? state.toldTo : find(state, id);

// Finds it for a change, which is made from the version that If-Match names.
const change = (state, id, headers) => {
  const webhook = find(state, id);
  if (state.scenario === 'conflict' && webhook.version === 1) {
    Object.assign(webhook, { version: 2, name: 'Renamed by somebody else', events: ['visitor.checked_in'] });
  }
  if (headers['if-match'] !== `"${webhook.version}"`) {
    throw new Refusal(412, 'precondition_failed', 'It has changed since.');
  }
  webhook.version++;
  return webhook;
};

const checkUrl = url => {
  if (/localhost|127\.0|^http:/.test(url)) {
    throw new Refusal(400, 'invalid_request', 'A field is wrong.', { errors: [
      { pointer: '/url', code: 'address_not_public',
        detail: 'The URL leads to this machine. Use one that the internet can reach.' }] });
  }
};

const parts = ['subscriptionId', 'reason', 'event', 'lastStatus', 'lastErrorClass'];

// As a query has it, or a body.
const lacked = ({ without }) => {
  const names = [without ?? []].flat().join().split(',').filter(Boolean);
  if (!names.every(name => parts.includes(name))) {
    throw new Refusal(400, 'invalid_request', 'There is no such property.');
  }
  return names;
};

const letters = (state, query) => receivers(state).flatMap(one => one.letters).filter(letter =>
  (query.queue ?? 'deliveries') === 'deliveries'
  && ['event', 'reason', 'lastStatus', 'lastErrorClass', 'deliveryId'].every(name =>
    !query[name] || String(letter[name]) === String(query[name]))
  && lacked(query).every(name => letter[name] === null)
  && (!query.subscriptionId || letter.subscriptionId === query.subscriptionId)
  && (!query.from || letter.failedAt >= query.from) && (!query.to || letter.failedAt < query.to));

const page = (items, query) => {
  const at = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 50);
  if (limit > 100) throw new Refusal(400, 'invalid_request', 'A page has 100 entries at most.');
  return { items: items.slice(at, at + limit), nextCursor: at + limit < items.length ? String(at + limit) : null };
};

const filter = query => ({ ...Object.fromEntries(query), subscriptionId: query.get('subscription') });

const act = (state, kind, chosen, wanted, headers) => {
  const key = headers['idempotency-key'];
  if (!state.idempotent.has(key)) {
    const job = makeJob(kind, wanted, chosen.length);
    state.idempotent.set(key, job);
    state.jobs.unshift(job);
    for (const one of receivers(state)) one.letters = one.letters.filter(letter => !chosen.includes(letter));
  }
  return { status: 202, body: viewOfJob(state.idempotent.get(key)) };
};

const findJob = (state, id) => {
  const job = state.jobs.find(one => one.id === id);
  if (!job) throw new Refusal(404, 'not_found', `There is no job ${id}.`);
  return job;
};

const letterAt = (state, sequenceNumber) => {
  const chosen = letters(state, {}).filter(letter => letter.sequenceNumber === sequenceNumber);
  if (chosen.length === 0) throw new Refusal(404, 'not_found', 'There is no such dead letter.');
  return chosen;
};

const test = (state, { url, event, secret }) => {
  checkUrl(url);
  if (++state.tests > 20) throw new Refusal(429, 'too_many_tests', 'Too many tests.', { retryAfter: 41 });
  const body = JSON.stringify(samples[event] ?? { event });
  const id = `test_${randomBytes(8).toString('hex')}`;
  const time = String(Math.floor(Date.now() / 1000));
  const signature = secret && createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(`${id}.${time}.${body}`).digest('base64');
  const status = /404|zapier/.test(url) ? 404 : 204;
  const isDead = /refused/.test(url);
  return {
    succeeded: status === 204 && !isDead, event, resent: false,
    request: { method: 'POST', url, body, headers: [
      { name: 'content-type', value: 'application/json' }, { name: 'webhook-id', value: id },
      { name: 'webhook-timestamp', value: time }, { name: 'webhook-test', value: 'true' },
      ...(signature ? [{ name: 'webhook-signature', value: `v1,${signature}` }] : []),
    ] },
    response: isDead ? null : {
      status, headers: [{ name: 'date', value: new Date().toUTCString() }], location: null, bodyEncoding: 'text',
      body: status === 204 ? '' : '{"status":"error","message":"<img src=x onerror=alert(1)>"}', truncated: false,
    },
    timings: { dns: 1, connect: 20, tls: isDead ? null : 31, firstByte: isDead ? null : 140, total: 192 },
    errorClass: isDead ? 'refused' : status === 204 ? null : 'http',
    cause: null,
    explanation: isDead ? 'The receiver refused the connection.' : `${status}: …`,
  };
};

const notices = ({ notices: stored }) => {
  if (!stored) throw new Refusal(404, 'not_found', 'The tenant has set no URL for notices.');
  const { version, secret, ...view } = stored;
  return { body: { subscriptionId: noticesId, ...view }, etag: `"${version}"` };
};

const rights = { readonly: ['view'] };

export const sessionOf = state => ({
  tenant: 'demo', actor: 'jane@acme.example', rights: rights[state.scenario] ?? ['view', 'manage', 'recover', 'erase'],
  expiresAt: new Date(state.endsAt).toISOString(), returnUrl: 'https://app.atrium.example/settings/integrations',
  signedInBy: 'token',
});

export const routes = [
  ['GET', '/session', ({ state }) => sessionOf(state)],
  ['GET', '/overview', ({ state }) => overviewOf(state)],
  ['GET', '/limits', () => ({
    subscriptions: { maxPerTenant: 20, maxNameCharacters: 100, maxUrlCharacters: 2048, maxHeaders: 10,
      maxOverlapHours: 168, effectiveWithinSeconds: 5 },
    attempts: { retentionSeconds: 2_592_000 }, deadLetters: { retentionDays: 90 }, deliveries: { maxAttempts: 10 },
    tests: { maxInWindow: 20, windowSeconds: 60 } })],
  ['GET', '/events', () => ({ items: eventNames.map(event => ({
    event, title: event, description: '', schema: {}, sample: samples[event] })) })],
  ['GET', '/explain', ({ state, query }) => ({
    event: query.get('event'), tenant: 'demo', summary: '', subscriptions: state.webhooks.map(one => ({
      subscriptionId: one.id, url: one.url, rule: null, why: '', routing: one.pausedAt ? 'Parked' : 'Sent' })) })],
  ['POST', '/subscriptions', ({ state, body, headers }) => {
    checkUrl(body.url);
    if (state.webhooks.length >= 20) throw new Refusal(409, 'too_many_subscriptions', '20 are the most.');
    const key = headers['idempotency-key'];
    const wanted = JSON.stringify(body);
    if ((state.idempotent.get(key)?.wanted ?? wanted) !== wanted) {
      throw new Refusal(422, 'idempotency_key_used', 'Another request came with this key.');
    }
    if (!state.idempotent.has(key)) {
      const now = new Date().toISOString();
      const made = {
        id: `sub_${createHash('sha256').update(key).digest('hex').slice(0, 20)}`, name: body.name, url: body.url,
        events: body.events, headerNames: Object.keys(body.headers ?? {}), hasSecret: body.secret !== null,
        secretCreatedAt: body.secret ? now : null, earlierSecretsSignUntil: [], createdAt: now, pausedAt: null,
        version: 1, attempts: [], letters: [], parked: 0, state: 'nothing_sent',
      };
      state.idempotent.set(key, { wanted, made });
      state.webhooks.push(made);
    }
    return { status: 201, body: viewOf(state.idempotent.get(key).made) };
  }],
  ['GET', '/subscriptions/:id', ({ state, parts: [id] }) => viewOf(find(state, id))],
  ['PATCH', '/subscriptions/:id', ({ state, parts: [id], body: { headers: typed = {}, ...body }, headers }) => {
    if (body.url) checkUrl(body.url);
    const webhook = Object.assign(change(state, id, headers), body);
    // Names of headers differ by more than their case.
    const named = new Map(webhook.headerNames.map(name => [name.toLowerCase(), name]));
    for (const [name, value] of Object.entries(typed)) {
      if (value === null) named.delete(name.toLowerCase());
      else named.set(name.toLowerCase(), name);
    }
    webhook.headerNames = [...named.values()];
    return viewOf(webhook);
  }],
  ['DELETE', '/subscriptions/:id', ({ state, parts: [id], headers }) => {
    const gone = change(state, id, headers);
    state.webhooks = state.webhooks.filter(one => one !== gone);
    // What failed for it stays.
    state.deleted.push(gone);
  }],
  ['POST', '/subscriptions/:id/pause', ({ state, parts: [id], headers }) =>
    viewOf(Object.assign(change(state, id, headers), { pausedAt: new Date().toISOString() }))],
  ['POST', '/subscriptions/:id/resume', ({ state, parts: [id], headers }) => {
    const webhook = change(state, id, headers);
    const job = makeJob('resume', { subscriptionId: id }, webhook.parked);
    Object.assign(webhook, { pausedAt: null, parked: 0 });
    state.jobs.unshift(job);
    return { status: 202, body: viewOfJob(job) };
  }],
  ['POST', '/subscriptions/:id/secret/rotate', ({ state, parts: [id], body, headers }) => {
    // Sent again, since the answer was lost.
    if (body.secret && find(state, id).secret === body.secret) return viewOf(find(state, id));
    const webhook = change(state, id, headers);
    const hours = body.overlapHours ?? 24;
    const until = webhook.hasSecret && hours > 0 ? [new Date(Date.now() + hours * 3.6e6).toISOString()] : [];
    return viewOf(Object.assign(webhook, {
      hasSecret: true, secretCreatedAt: new Date().toISOString(), earlierSecretsSignUntil: until,
      secret: body.secret }));
  }],
  ['DELETE', '/subscriptions/:id/secret', ({ state, parts: [id], headers }) => viewOf(Object.assign(
    change(state, id, headers), { hasSecret: false, secretCreatedAt: null, earlierSecretsSignUntil: [] }))],
  ['GET', '/subscriptions/:id/parked', ({ state, parts: [id] }) =>
    ({ count: find(state, id).parked, oldest: null, discardedAt: null, indexedAt: new Date().toISOString() })],
  ['GET', '/subscriptions/:id/attempts', ({ state, parts: [id], query }) => {
    const { attempts } = receiver(state, id);
    const isWaiting = ({ deliveryId, nextAttemptAt }, at) =>
      nextAttemptAt && attempts.findIndex(one => one.deliveryId === deliveryId) === at;
    const fit = attempts.filter(({ outcome, startedAt, ...attempt }, at) =>
      (query.get('waiting') !== 'true' || isWaiting(attempt, at))
      && (!query.get('outcome') || outcome === query.get('outcome')) && startedAt >= (query.get('from') ?? '')
      && startedAt < (query.get('to') ?? '9'));
    return page(fit, query);
  }],
  ['GET', '/subscriptions/:id/deliveries/:delivery', ({ state, parts: [id, delivery] }) => {
    const attempts = receiver(state, id).attempts.filter(one => one.deliveryId === delivery).toReversed();
    if (attempts.length === 0) throw new Refusal(404, 'not_found', 'There is no such delivery.');
    const letter = receiver(state, id).letters.find(one => one.deliveryId === delivery);
    const { eventId, event, outcome, nextAttemptAt } = attempts.at(-1);
    return {
      id: delivery, subscriptionId: id, eventId, event, outcome, nextAttemptAt,
      runs: [{ run: 1, startedAt: attempts[0].startedAt, attempts }],
      deadLetter: letter ? { queue: letter.queue, sequenceNumber: letter.sequenceNumber } : null,
    };
  }],
  ['POST', '/test-webhook', ({ state, body }) => test(state, body)],
  ['POST', '/subscriptions/:id/test', ({ state, parts: [id], body }) =>
    test(state, { url: find(state, id).url, secret: 'c2VjcmV0', ...body })],
  ['GET', '/notices', ({ state }) => notices(state)],
  ['PUT', '/notices', ({ state, body, headers }) => {
    checkUrl(body.url);
    const old = state.notices;
    // Somebody else is quicker, once.
    if (old && state.scenario === 'conflict' && old.version === 1) Object.assign(old, { version: 2, enabled: false });
    if (old && headers['if-match'] !== `"${old.version}"`) {
      // Sent again, since the answer was lost.
      const isDone = body.url === old.url && (body.enabled ?? true) === old.enabled
        && (body.secret ? body.secret === old.secret : headers['if-match']);
      if (isDone) return notices(state);
      throw new Refusal(headers['if-match'] ? 412 : 428, 'precondition_failed', 'It has changed since.');
    }
    const now = new Date().toISOString();
    state.notices = {
      createdAt: now, secretCreatedAt: now, earlierSecretsSignUntil: [], ...old, url: body.url,
      enabled: body.enabled ?? true, version: (old?.version ?? 0) + 1, secret: body.secret ?? old?.secret,
      ...(old && body.secret ? {
        secretCreatedAt: now, earlierSecretsSignUntil: [new Date(Date.now() + 8.64e7).toISOString()] } : {}),
    };
    return notices(state);
  }],
  ['DELETE', '/notices', ({ state }) => { state.notices = null; }],
  ['POST', '/notices/test', ({ state, body }) => test(state, { secret: 'c2VjcmV0', ...state.notices, ...body })],
  ['POST', '/verify', ({ body: { headers } }) => {
    const names = Object.keys(headers).map(name => name.toLowerCase());
    const isWhole = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].every(name => names.includes(name));
    return { valid: false, failedStep: isWhole ? 'secret' : 'headers', explanation: 'None of the signatures fits.' };
  }],
  ['GET', '/dead-letters', ({ state, query }) =>
    ({ items: letters(state, filter(query)), nextCursor: null, indexedAt: new Date().toISOString() })],
  ['GET', '/dead-letters/count', ({ state, query }) =>
    ({ matching: letters(state, filter(query)).length, indexedAt: new Date().toISOString() })],
  ['GET', '/dead-letters/groups', ({ state, query }) => {
    const groups = new Map();
    for (const one of letters(state, filter(query))) {
      const { queue, subscriptionId, reason, lastStatus, lastErrorClass, event, failedAt } = one;
      const key = JSON.stringify([subscriptionId, reason, lastStatus, lastErrorClass, event]);
      const old = groups.get(key);
      groups.set(key, {
        queue, subscriptionId, reason, lastStatus, lastErrorClass, event, count: (old?.count ?? 0) + 1,
        oldest: old && old.oldest < failedAt ? old.oldest : failedAt,
        newest: old && old.newest > failedAt ? old.newest : failedAt,
      });
    }
    const now = new Date().toISOString();
    return { items: [...groups.values()], complete: true, indexedAt: now, countedTo: groups.size > 0 ? now : null };
  }],
  ['POST', '/dead-letters/replay', ({ state, body, headers }) =>
    act(state, 'replay', letters(state, body), body, headers)],
  ['POST', '/dead-letters/discard', ({ state, body, headers }) =>
    act(state, 'discard', letters(state, body), body, headers)],
  ['POST', '/dead-letters/:queue/:number/replay', ({ state, parts: [, number], headers }) =>
    act(state, 'replay', letterAt(state, number), { sequenceNumber: number }, headers)],
  ['POST', '/dead-letters/:queue/:number/discard', ({ state, parts: [, number], headers }) =>
    act(state, 'discard', letterAt(state, number), { sequenceNumber: number }, headers)],
  ['GET', '/jobs', ({ state, query }) => page(state.jobs.map(viewOfJob), query)],
  ['GET', '/jobs/:id', ({ state, parts: [id] }) => viewOfJob(findJob(state, id))],
  ['POST', '/jobs/:id/stop', ({ state, parts: [id] }) =>
    viewOfJob(Object.assign(findJob(state, id), { stoppedAt: Date.now() }))],
];
