import '@preact/signals';
import { render } from 'preact';
import { App } from './App';
import { startEmbedding } from './embedding';
import { ownZone } from './format';
import { startLanguage } from './messages/language';
import { readStart, startRouting } from './route';
import { startSession } from './session';
import { startTheme } from './theme';

declare const WATCHED: boolean;

const { token, options } = readStart();
const tenant = options.get('tenant') ?? 'default';

const wantedZone = options.get('tz');
if (wantedZone && isZone(wantedZone)) ownZone.value = wantedZone;

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

startTheme(options);
startRouting();
startEmbedding();
const started = startSession(token, tenant);
await startLanguage(options.get('lang'));
render(<App tenant={tenant} />, document.getElementById('app')!);
await started;

// The fake server says when the page was built anew.
if (WATCHED) new EventSource('/fake/built').onmessage = () => location.reload();
