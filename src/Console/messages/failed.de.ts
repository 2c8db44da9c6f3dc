import type { Plural } from './en';
import type { FailedWords } from './failed.en';

/** The sentences about failed events that come with their list, in German. */
export const failed = (plural: Plural): FailedWords => ({
  emptyFiltered: 'Kein fehlgeschlagenes Ereignis passt.',
  choose: group => `Auswählen: ${group}`,
  chooseAll: 'Alle auswählen',
  range: (from, to) => from === to ? from : `${from} – ${to}`,
  chosen: (groups, events) => `${plural(groups, { one: '# Gruppe', other: '# Gruppen' })}, ${events}`,
  nothingChosen: 'Wählen Sie aus, was erneut gesendet oder gelöscht werden soll.',
  sendAgainMany: count => plural(count, { one: '# erneut senden …', other: '# erneut senden …' }),
  deleteMany: 'Löschen …',
  before: 'Prüfen Sie vorher, ob der Empfänger bereit ist:',
  incomplete: 'Es gibt mehr. Dies sind die neuesten.',
  deletedWebhook: 'Ein gelöschter Webhook',
  unreadable: 'Ereignisse, die für Atrium unbrauchbar sind',
  reasons: {
    AttemptsExhausted: 'alle Versuche sind fehlgeschlagen',
    InvalidDelivery: 'Atrium konnte es nicht lesen',
    InvalidEvent: 'kein Ereignis, das Atrium kennt',
    MaxDeliveryCountExceeded: 'Atrium konnte es nicht verarbeiten',
    TTLExpiredException: 'es hat zu lange gewartet',
  },
  openAt: when => `Ereignis vom ${when} öffnen`,
  more: 'Mehr zeigen',
  sendText: (count, to) => plural(count, {
    one: `An ${to} geht # Ereignis, mit bis zu 10 Versuchen. `
      + 'Der Empfänger kann es doppelt bekommen. Er erkennt es am Header webhook-id.',
    other: `An ${to} gehen # Ereignisse, mit jeweils bis zu 10 Versuchen. `
      + 'Manches kann der Empfänger doppelt bekommen. Er erkennt es am Header webhook-id.' }),
  sendUnknown: count => plural(count, {
    one: '# Ereignis wird noch einmal gesendet, an jeden Webhook, der es annimmt.',
    other: '# Ereignisse werden noch einmal gesendet, an jeden Webhook, der sie annimmt.' }),
  sendOwn: count => plural(count, {
    one: '# Ereignis wird noch einmal gesendet, an seinen Webhook.',
    other: '# Ereignisse werden noch einmal gesendet, an ihren Webhook.' }),
  failing: what => `Der letzte Versuch ist fehlgeschlagen: ${what} Zuerst einen Test senden?`,
  allTheSame: 'Trotzdem erneut senden',
  deleteText: events => `${events} werden endgültig gelöscht, mit den Besucherdaten darin.`,
});
