import type { Plural } from './en';
import type { JobWords } from './jobs.en';

/** The sentences about what is done in bulk, in German. */
export const jobs = (plural: Plural): JobWords => ({
  replay: count => count === null ? 'Ereignisse werden erneut gesendet'
    : plural(count, { one: '# Ereignis wird erneut gesendet', other: '# Ereignisse werden erneut gesendet' }),
  discard: count => count === null ? 'Ereignisse werden gelöscht'
    : plural(count, { one: '# Ereignis wird gelöscht', other: '# Ereignisse werden gelöscht' }),
  resume: count => count === null ? 'Zurückgehaltene Ereignisse werden gesendet' : plural(count, {
    one: '# zurückgehaltenes Ereignis wird gesendet', other: '# zurückgehaltene Ereignisse werden gesendet' }),
  erase: 'Die Daten eines Besuchers werden gelöscht',
  unknown: 'Etwas, das diese Seite noch nicht kennt',
  progress: (done, of) => `${done} von ${of}`,
  soFar: done => `bisher ${done}`,
  stop: 'Anhalten',
  stopping: 'Wird angehalten …',
  waiting: 'Wartet, bis etwas anderes fertig ist.',
  ended: {
    replay: count => plural(count, {
      none: 'Es war nichts mehr da, was erneut gesendet werden konnte.',
      one: '# Ereignis wurde erneut gesendet. Was daraus wird, sehen Sie unter Aktivität.',
      other: '# Ereignisse wurden erneut gesendet. Was daraus wird, sehen Sie unter Aktivität.' }),
    discard: count => plural(count, {
      none: 'Es war nichts mehr zu löschen.',
      one: '# Ereignis wurde gelöscht.', other: '# Ereignisse wurden gelöscht.' }),
    resume: count => plural(count, {
      none: 'Es wurde kein Ereignis zurückgehalten.',
      one: '# zurückgehaltenes Ereignis ist unterwegs. Was daraus wird, sehen Sie unter Aktivität.',
      other: '# zurückgehaltene Ereignisse sind unterwegs. Was daraus wird, sehen Sie unter Aktivität.' }),
    unknown: () => 'Es ist beendet.',
  },
  skipped: {
    replay: count => plural(count, {
      one: '# Ereignis wurde nicht erneut gesendet: unlesbar oder Webhook gelöscht. Sie können es löschen.',
      other: '# Ereignisse wurden nicht erneut gesendet: unlesbar oder Webhook gelöscht. '
        + 'Sie können sie löschen.' }),
    discard: count => plural(count, {
      one: '# Ereignis war nicht lesbar und ist noch da. Fragen Sie die Betreuer von Atrium.',
      other: '# Ereignisse waren nicht lesbar und sind noch da. Fragen Sie die Betreuer von Atrium.' }),
    resume: count => plural(count, {
      one: '# Ereignis war nicht lesbar und wird weiter zurückgehalten. Fragen Sie die Betreuer von Atrium.',
      other: '# Ereignisse waren nicht lesbar und werden weiter zurückgehalten. '
        + 'Fragen Sie die Betreuer von Atrium.' }),
    unknown: count => plural(count, {
      one: '# Ereignis war nicht lesbar.', other: '# Ereignisse waren nicht lesbar.' }),
  },
  stopped: count => plural(count, {
    none: 'Angehalten, bevor etwas erledigt war. Alles ist, wie es war.',
    one: 'Angehalten. # ist erledigt, alles Übrige ist, wie es war.',
    other: 'Angehalten. # sind erledigt, alles Übrige ist, wie es war.' }),
  stoppedHeld: count => plural(count, {
    none: 'Angehalten, bevor etwas gesendet wurde. Die zurückgehaltenen Ereignisse werden bald gesendet, außer Sie '
      + 'pausieren den Webhook.',
    one: 'Nach # Ereignis angehalten. Die übrigen werden bald gesendet, außer Sie pausieren den Webhook.',
    other: 'Nach # Ereignissen angehalten. Die übrigen werden bald gesendet, außer Sie pausieren den Webhook.' }),
  pausedAgain: count => plural(count, {
    none: 'Angehalten, bevor etwas gesendet wurde, weil der Webhook pausiert wurde. Alle werden weiter '
      + 'zurückgehalten.',
    one: 'Nach # Ereignis angehalten, weil der Webhook pausiert wurde. Die übrigen werden weiter zurückgehalten.',
    other: 'Nach # Ereignissen angehalten, weil der Webhook pausiert wurde. Die übrigen werden weiter '
      + 'zurückgehalten.' }),
  failed: 'Es endete, bevor alles erledigt war. Erledigtes bleibt erledigt. Wenn das noch einmal passiert, fragen '
    + 'Sie die Betreuer von Atrium.',
  reached: percent => `${percent} erledigt`,
  ofNotices: {
    replay: count => count === null ? 'Benachrichtigungen werden erneut gesendet' : plural(count, {
      one: '# Benachrichtigung wird erneut gesendet', other: '# Benachrichtigungen werden erneut gesendet' }),
    discard: count => count === null ? 'Benachrichtigungen werden gelöscht' : plural(count, {
      one: '# Benachrichtigung wird gelöscht', other: '# Benachrichtigungen werden gelöscht' }),
    ended: {
      replay: count => plural(count, {
        none: 'Es war nichts mehr da, was erneut gesendet werden konnte.',
        one: '# Benachrichtigung wurde erneut gesendet. '
          + 'Was daraus wird, sehen Sie unter „Gesendete Benachrichtigungen“.',
        other: '# Benachrichtigungen wurden erneut gesendet. '
          + 'Was daraus wird, sehen Sie unter „Gesendete Benachrichtigungen“.' }),
      discard: count => plural(count, {
        none: 'Es war nichts mehr zu löschen.',
        one: '# Benachrichtigung wurde gelöscht.', other: '# Benachrichtigungen wurden gelöscht.' }),
    },
    skipped: {
      replay: count => plural(count, {
        one: '# Benachrichtigung wurde nicht erneut gesendet: unlesbar oder ohne URL. Sie können sie löschen.',
        other: '# Benachrichtigungen wurden nicht erneut gesendet: unlesbar oder ohne URL. '
          + 'Sie können sie löschen.' }),
      discard: count => plural(count, {
        one: '# Benachrichtigung war nicht lesbar und ist noch da. Fragen Sie die Betreuer von Atrium.',
        other: '# Benachrichtigungen waren nicht lesbar und sind noch da. Fragen Sie die Betreuer von Atrium.' }),
    },
  },
});
