import type { Plural } from './en';
import type { SettingsWords } from './settings.en';
import { stored } from './stored.de';

/** Was bei einem Webhook eingestellt wird. */
export const settings = (plural: Plural): SettingsWords => ({
  ...stored,
  firstSecret: 'Schlüssel erstellen …',
  stopSigning: 'Nicht mehr signieren …',
  heldFor: days => plural(days, {
    one: 'Jedes wird nach # Tag gelöscht.', other: 'Jedes wird nach # Tagen gelöscht.' }),
  delete: 'Diesen Webhook löschen …',
  saved: seconds => `Gespeichert. Gilt spätestens in ${seconds} Sekunden.`,
  overlapLabel: 'Übergangszeit, in der beide Schlüssel gelten',
  overlap: 'Stellen Sie Ihren Empfänger in dieser Zeit um.',
  hours: hours => hours === 0 ? 'keine' : hours < 72
    ? plural(hours, { one: '# Stunde', other: '# Stunden' }) : plural(hours / 24, { one: '# Tag', other: '# Tage' }),
  noOverlap: 'Der alte Schlüssel gilt sofort nicht mehr. Was Ihr Empfänger bis zur Umstellung ablehnt, wird '
    + '20 Minuten lang erneut versucht.',
  stopTitle: 'Nicht mehr signieren?',
  stopText: 'Ereignisse werden ab jetzt ohne Signatur gesendet.',
  stop: 'Nicht mehr signieren',
  deleteNone: 'An ihn werden keine Ereignisse mehr gesendet.',
  deleteLoses: lost => `Was dann nicht mehr gesendet werden kann: ${lost}.`,
  heldEvents: count => plural(count, { one: '# zurückgehaltenes Ereignis', other: '# zurückgehaltene Ereignisse' }),
  retryingEvents: count => plural(count, {
    one: '# Ereignis, das auf den nächsten Versuch wartet',
    other: '# Ereignisse, die auf den nächsten Versuch warten' }),
  resumeFirst: 'Zuerst fortsetzen',
  deleteNow: 'Webhook löschen',
  deleted: 'Der Webhook wurde gelöscht.',
  notMine: 'von Ihnen nicht geändert',
});
