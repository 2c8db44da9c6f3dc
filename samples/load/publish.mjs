// Publishes events at a steady rate, whatever the answers take, and tells how they went. docs/deploy.md says how to use
// it. Node.js 20 or newer; no packages.
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

const { values } = parseArgs({
  options: {
    url: { type: 'string' }, // of the API, such as https://func-….azurewebsites.net/api
    key: { type: 'string' },
    tenant: { type: 'string', default: 'load' },
    rate: { type: 'string', default: '50' }, // events a second
    events: { type: 'string', default: '3000' },
  },
});
const [rate, events] = [Number(values.rate), Number(values.events)];
if (!values.url || !values.key || !(rate > 0) || !(events > 0)) {
  console.error('node publish.mjs --url https://…/api --key … [--tenant load] [--rate 50] [--events 3000]');
  process.exit(1);
}

const run = Date.now().toString(36);
const start = performance.now();
const [answers, times] = [new Map(), []];
const under = [];
for (let i = 0; i < events; i++) {
  const wait = start + (i * 1000) / rate - performance.now();
  if (wait > 0) await sleep(wait);
  under.push(publish(i));
}
const published = (performance.now() - start) / 1000;
await Promise.all(under);

times.sort((a, b) => a - b);
const percentile = (share) => Math.round(times[Math.min(times.length - 1, Math.floor(share * times.length))]);
console.log(`${events} events in ${published.toFixed(1)} s, ${(events / published).toFixed(0)} a second`);
for (const [answer, count] of answers) console.log(`${count} answered ${answer}`);
console.log(`answers took ${[0.5, 0.95, 0.99].map(percentile).join(', ')} ms (p50, p95, p99)`);

// Each event differs, since the same one twice would be dropped.
async function publish(i) {
  const now = new Date().toISOString();
  const began = performance.now();
  let answer;
  try {
    const response = await fetch(`${values.url}/events?tenant=${values.tenant}`, {
      method: 'POST',
      headers: { 'x-functions-key': values.key, 'content-type': 'application/json' },
      body: JSON.stringify({
        event: 'visitor.checked_in',
        timestamp: now,
        visitor: { email: `${run}-${i}@example.com`, first_name: 'Jane', last_name: 'Smith', company: 'Acme Corp' },
        visit: { host: 'John Doe', site: 'Munich HQ', checked_in_at: now },
      }),
    });
    await response.arrayBuffer();
    answer = response.status;
  } catch (error) {
    answer = error.cause?.code ?? error.message;
  }
  times.push(performance.now() - began);
  answers.set(answer, (answers.get(answer) ?? 0) + 1);
}
