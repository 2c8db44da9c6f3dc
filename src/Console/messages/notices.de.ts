import type { NoticeWords } from './notices.en';
import { stored } from './stored.de';

/** Was bei den Benachrichtigungen eingestellt wird. */
export const notices: NoticeWords = {
  ...stored,
  lead: 'Atrium kann eine URL von Ihnen aufrufen, wenn ein Webhook endgültig fehlschlägt und wenn er wieder läuft. '
    + 'Ein Ablauf in Zapier, Make oder Power Automate macht daraus eine E-Mail oder einen Beitrag in Teams oder '
    + 'Slack.',
  url: 'Wohin die Benachrichtigungen gehen',
  urlHint: 'Legen Sie einen eigenen Ablauf dafür an, und kopieren Sie seine URL hierher. Sie beginnt mit https://.',
  enabled: 'Benachrichtigungen senden',
  enabledHint: 'Wenn nicht, bleiben URL und Schlüssel für später gespeichert.',
  on: 'ja',
  off: 'nein',
  testHint: 'Sendet eine Beispielbenachrichtigung. '
    + 'Ihr Empfänger kann sie nur am Header webhook-test von einer echten unterscheiden.',
  save: 'Speichern und einschalten',
  saved: 'Gespeichert. Sie werden ab jetzt benachrichtigt.',
  savedOff: 'Gespeichert. Es werden keine Benachrichtigungen gesendet.',
  signed: 'Benachrichtigungen werden signiert.',
  rotateText: 'Beide Schlüssel gelten noch einen Tag. Stellen Sie Ihren Empfänger in dieser Zeit um.',
  removeHeading: 'Keine Benachrichtigungen mehr',
  remove: 'URL entfernen …',
  removeTitle: 'URL entfernen?',
  removeText: 'Niemand erfährt dann, dass ein Webhook fehlschlägt. Die URL und ihr Schlüssel werden gelöscht.',
  removeNow: 'URL entfernen',
  removed: 'Die URL wurde entfernt. Es werden keine Benachrichtigungen gesendet.',
  conflictTitle: 'Jemand anderes hat diese Einstellungen geändert',
  gone: 'Jemand anderes hat die URL entfernt. Speichern Sie noch einmal, um sie zu setzen.',
  notSet: 'Es ist keine URL gesetzt. Niemand erfährt, wenn ein Webhook fehlschlägt.',
  sent: 'Gesendete Benachrichtigungen',
  sentFailed: 'Die gesendeten Benachrichtigungen konnten nicht geladen werden.',
  noneSent: 'In letzter Zeit wurde keine gesendet.',
  whenSent: 'Eine kommt, wenn ein Webhook endgültig fehlschlägt, und eine, wenn er wieder läuft.',
  failed: 'Nicht zugestellte Benachrichtigungen',
  loadFailed: 'Die Einstellungen konnten nicht geladen werden.',
  notShown: 'In der Benachrichtigung steht, um welchen Webhook es geht. Sie wird hier nicht gezeigt.',
};
