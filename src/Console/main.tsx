import '@preact/signals';
import { render } from 'preact';
import { App } from './App';
import { startEmbedding } from './embedding';
import { ownZone } from './format';
import { startLanguage } from './messages/language';
import { keepFocus } from './parts/focus';
import { readStart, startRouting } from './route';
import { openSession, startSession } from './session';
import { showAs } from './theme';

declare const WATCHED: boolean;

const { token, options } = readStart();

function show(asked: URLSearchParams): void {
  const zone = asked.get('tz');
  if (zone && isTaken(() => new Intl.DateTimeFormat('en', { timeZone: zone }))) ownZone.value = zone;
  showAs(asked);
}

// The browser alone knows which zones and languages there are.
function isTaken(make: () => object): boolean {
  try {
    return make() !== null;
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
keepFocus();
const started = startSession(token, options.get('tenant') ?? 'default');
const lang = options.get('lang');
await startLanguage(lang && isTaken(() => new Intl.Locale(lang)) ? lang : null).catch(error => {
  document.getElementById('wordless')!.className = 'now';
  throw error;
});
render(<App />, document.getElementById('app')!);
await started;

// The fake server says when the page was built anew.
if (WATCHED) new EventSource('/fake/built').onmessage = () => location.reload();
