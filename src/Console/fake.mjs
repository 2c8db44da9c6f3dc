// A stand-in for the app, for development only: `node fake.mjs` serves the built page and imitates the portal's
// operations in memory. The token chooses the scenario: open /api/console/#session=atp_empty, or #tenant=empty.
import { createServer } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { routes, Refusal, sessionOf } from './fake/routes.mjs';
import { makeState } from './fake/state.mjs';

const wwwroot = join(import.meta.dirname, '../Atrium.Functions/Console/wwwroot');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const security = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    + "require-trusted-types-for 'script'; trusted-types 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const states = new Map();

/** Serves until the process ends. `publish` takes a new bundle and reloads the pages that are open. */
export function serve(port) {
  let files = null;
  const listeners = new Set();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/fake/built') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
    } else if (pathname.startsWith('/api/portal/')) {
      // A page that goes away may not have asked in full.
      await answer(request, response).catch(error => { if (request.complete) throw error; });
    } else {
      serveFile(response, pathname, files ? name => files.get(name) : readBuilt);
    }
  });
  server.listen(port, '127.0.0.1', () =>
    console.log(`http://localhost:${server.address().port}/api/console/#tenant=demo`));
  return {
    server,
    publish(built) {
      files = built;
      for (const listener of listeners) listener.write('data: built\n\n');
    },
  };
}

const readBuilt = name =>
  readdirSync(wwwroot).includes(name) ? readFileSync(join(wwwroot, name)) : undefined;

function serveFile(response, pathname, read) {
  if (pathname === '/' || pathname === '/api/console') {
    response.writeHead(308, { location: '/api/console/' }).end();
    return;
  }
  const name = pathname.replace('/api/console/', '') || 'index.html';
  const content = name === 'theme.css' ? '' : read(name);
  if (content === undefined) {
    response.writeHead(404).end();
  } else {
    const type = `${types[extname(name)] ?? 'text/plain'}; charset=utf-8`;
    // As the app does: what has its content in its name is kept, so that the browser need not compile it again.
    const kept = /-[A-Z0-9]{8}[.]/.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache';
    response.writeHead(200, { 'content-type': type, 'cache-control': kept, ...security }).end(content);
  }
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  const path = url.pathname.slice('/api/portal'.length);
  const token = request.headers.authorization?.replace('Bearer ', '') ?? null;
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const send = (status, body, headers = {}) => {
    const type = status >= 400 ? 'application/problem+json' : 'application/json';
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  try {
    if (text && request.headers['content-type'] !== 'application/json') {
      throw new Refusal(415, 'unsupported_media_type', 'Send JSON as application/json.');
    }
    const body = text ? JSON.parse(text) : undefined;
    if (path === '/local-session') return send(201, { token: `atp_${body.tenant}`, url: '', expiresAt: '' });
    if (!token || token.startsWith('atp_expired')) {
      throw new Refusal(401, 'unauthenticated', 'There is no session. Open the page from Atrium.');
    }
    if (!states.has(token)) states.set(token, makeState(token.split(/[._-]/)[1]));
    const state = states.get(token);
    const { tenant, actor } = sessionOf(state);
    if (!['1', undefined, `${tenant}/${encodeURIComponent(actor)}`].includes(request.headers['x-atrium-portal'])) {
      throw new Refusal(403, 'other_session', 'The page was opened for somebody else.');
    }
    await imitate(state.scenario, path);
    for (const [method, template, handle] of routes) {
      const parts = path.match(new RegExp(`^${template.replaceAll(/:\w+/g, '([^/]+)')}$`));
      if (method !== request.method || !parts) continue;
      const result = handle({ state, body, query: url.searchParams, parts: parts.slice(1), headers: request.headers });
      const tag = result?.etag ? { etag: result.etag } : {};
      return send(result === undefined ? 204 : result.status ?? 200, result?.body ?? result, result?.body ? tag : {});
    }
    throw new Refusal(404, 'not_found', 'There is nothing here.');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, code, message, errors, retryAfter } = error;
    send(status, {
      type: 'about:blank', title: 'Refused', status, code, detail: message, traceId: '4db6927b'.repeat(4),
      ...(errors ? { errors } : {}),
    }, retryAfter ? { 'retry-after': String(retryAfter) } : {});
  }
}

// What the scenario does to every request.
async function imitate(scenario, path) {
  const isSession = path === '/session';
  if (scenario === 'refused') throw new Refusal(403, 'forbidden', 'Your sign-in does not say which tenant is yours.');
  if (scenario === 'slow' && !isSession) await sleep(20_000);
  if (scenario === 'error' && !isSession) throw new Refusal(500, 'unexpected', 'The request failed by a mistake.');
  if (scenario === 'down' && !isSession) {
    throw new Refusal(503, 'unavailable', 'Table Storage does not answer.', { retryAfter: 5 });
  }
}

if (process.argv[1] === import.meta.filename) serve(Number(process.env.PORT ?? 8010));
