import '@preact/signals';
import { render } from 'preact';
import { App } from './App';
import { startEmbedding } from './embedding';
import { ownZone } from './format';
import { startLanguage } from './messages/language';
import { readStart, startRouting } from './route';
import { openSession, startSession } from './session';
import { showAs } from './theme';

declare const WATCHED: boolean;

const { token, options } = readStart();

function show(asked: URLSearchParams): void {
  const zone = asked.get('tz');
  if (zone && isZone(zone)) ownZone.value = zone;
  showAs(asked);
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

show(options);
startRouting(link => {
  show(link.asked);
  if (link.token) void openSession(link.token);
});
startEmbedding();
const started = startSession(token, options.get('tenant') ?? 'default');
await startLanguage(options.get('lang')).catch(error => {
  document.getElementById('wordless')!.hidden = false;
  throw error;
});
render(<App />, document.getElementById('app')!);
await started;

// The fake server says when the page was built anew.
if (WATCHED) new EventSource('/fake/built').onmessage = () => location.reload();
