import { signal } from '@preact/signals';
import type { Messages, Plural } from './en';
import type { FailedWords } from './failed.en';
import type { JobWords } from './jobs.en';
import type { NoticeWords } from './notices.en';
import type { ReceiverWords } from './receiver.en';
import type { SettingsWords } from './settings.en';
import type { TodoWords } from './todo.en';

/** The language in use, as BCP 47. */
export const language = signal('en');

const plural = (locale: string): Plural => {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (count, { none, one, other }) => {
    const form = count === 0 && none ? none : rules.select(count) === 'one' ? one : other;
    return form.replace('#', numbers.format(count));
  };
};

/** The sentences in use: there before the first rendering, and the same from then on. */
export let t: Messages;

/** Those about receivers: there once they are loaded. */
export let receiver: ReceiverWords;

/** Those that come with the list of failed events: there once they are loaded. */
export let failedWords: FailedWords;

/** Those about what is done in bulk: there once they are loaded. */
export let jobWords: JobWords;

/** Those of the settings for notices: there once they are loaded. */
export let noticeWords: NoticeWords;

/** Those of the settings of a webhook: there once they are loaded. */
export let settingsWords: SettingsWords;

/** Whether German is in use. */
export const isGerman = (): boolean => /^de\b/.test(language.value);

// Longer words with accents, which show what would not fit and what was not translated.
let lengthened = <T>(words: T): T => words;

// "en" alone would mean American dates; the browser knows which English is wanted.
const regional = (plain: string, wanted: string): string =>
  wanted === plain ? navigator.languages.find(one => one.startsWith(`${plain}-`)) ?? plain : wanted;

/** Loads a language: the one asked for, else the browser's, else English; the other one when its words do not come. */
export async function startLanguage(asked: string | null): Promise<void> {
  const wanted = asked ?? navigator.language;
  if (/^de\b/i.test(wanted)) await german(wanted).catch(() => english('en'));
  else await english(wanted).catch(() => german('de'));
  document.documentElement.lang = language.value;
}

/** Loads the sentences about receivers. */
export async function loadReceiver(): Promise<void> {
  const { receiver: words } = isGerman() ? await import('./receiver.de') : await import('./receiver.en');
  receiver = lengthened(words);
}

/** Loads the sentences that come with the list of failed events. */
export async function loadFailed(): Promise<void> {
  const { failed } = isGerman() ? await import('./failed.de') : await import('./failed.en');
  failedWords = lengthened(failed(plural(isGerman() ? 'de' : 'en')));
}

/** Loads the sentences about what is done in bulk. */
export async function loadJobs(): Promise<void> {
  const { jobs } = isGerman() ? await import('./jobs.de') : await import('./jobs.en');
  jobWords = lengthened(jobs(plural(isGerman() ? 'de' : 'en')));
}

/** Loads the sentences of the settings for notices. */
export async function loadNotices(): Promise<void> {
  const { notices } = isGerman() ? await import('./notices.de') : await import('./notices.en');
  noticeWords = lengthened(notices);
}

/** Loads the sentences of the settings of a webhook. */
export async function loadSettings(): Promise<void> {
  const { settings } = isGerman() ? await import('./settings.de') : await import('./settings.en');
  settingsWords = lengthened(settings(plural(isGerman() ? 'de' : 'en')));
}

/** Loads what to do about what failed. */
export async function loadTodo(): Promise<TodoWords> {
  const { todo } = isGerman() ? await import('./todo.de') : await import('./todo.en');
  return lengthened(todo);
}

async function german(wanted: string): Promise<void> {
  const { de } = await import('./de');
  t = de(plural(wanted));
  language.value = regional('de', wanted);
}

async function english(wanted: string): Promise<void> {
  const { en } = await import('./en');
  t = en(plural('en'));
  if (wanted === 'en-XA') {
    const { pseudo } = await import('./pseudo');
    lengthened = pseudo;
    t = pseudo(t);
  } else if (/^en\b/i.test(wanted)) {
    language.value = regional('en', wanted);
  }
}
