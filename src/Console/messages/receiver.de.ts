import type { ReceiverWords } from './receiver.en';

/** Was über Empfänger gesagt wird. */
export const receiver: ReceiverWords = {
  tool: 'Ihr Werkzeug',
  other: 'Anderes',
  code: 'Das ganze Programm, zum Kopieren für Ihre Entwickler. Es prüft die Signatur und lässt Tests und Ereignisse '
    + 'weg, die doppelt kommen. In seinen ersten Zeilen steht, wie es gestartet wird.',
  otherText: 'Jedes System eignet sich, das eine POST-Anfrage mit JSON annimmt. Es antwortet mit einem Status von '
    + '200 bis 299, sobald es das Ereignis gespeichert hat, und erledigt die Arbeit danach. Jede andere Antwort gilt '
    + 'als fehlgeschlagen, und es wird 20 Minuten lang erneut versucht.',
  yourUrl: 'Die URL dieses Webhooks',
  yourEvents: 'Seine Ereignisse',
  samples: 'Was gesendet wird',
  samplesHint: 'Ein Beispiel für jedes Ereignis. Der Inhalt ist genau dieses JSON, ohne etwas darum herum.',
  check: 'Signatur prüfen',
  checkHint: 'Fügen Sie eine Anfrage ein, wie Ihr Empfänger sie bekam. Sie sehen dann, woran es liegt.',
  headers: 'Header, je Zeile einer',
  body: 'Inhalt, genau wie er ankam',
  checkNow: 'Prüfen',
  fits: 'Die Signatur stimmt.',
  steps: {
    headers: 'Die drei Header sind da', timestamp: 'Die Zeit ist lesbar', clock: 'Die Zeit ist aktuell',
    version: 'Die Signatur ist von bekannter Art', secret: 'Sie stammt vom Schlüssel dieses Webhooks',
    body: 'Der Inhalt ist, wie er gesendet wurde',
  },
  passed: 'bestanden', notPassed: 'nicht bestanden', notReached: 'nicht erreicht',
  whyNot: {
    headers: 'Ein Header fehlt. Reichen Sie webhook-id, webhook-timestamp und webhook-signature weiter.',
    timestamp: 'webhook-timestamp ist keine ganze Zahl von Sekunden. Reichen Sie ihn weiter, wie er ankam.',
    clock: 'Die Anfrage ist zu alt oder aus der Zukunft. Prüfen Sie die Uhr Ihres Empfängers, oder senden Sie einen '
      + 'neuen Test.',
    version: 'Keine Signatur beginnt mit v1. Reichen Sie den Header webhook-signature weiter, wie er ankam.',
    secret: 'Keine der Signaturen passt. Vergleichen Sie den Schlüssel im Empfänger mit dem dieses Webhooks, und '
      + 'prüfen Sie, ob der Inhalt genau so ist, wie er ankam.',
    body: 'Der Inhalt ist nicht, wie er gesendet wurde. Prüfen Sie ihn, bevor ihn etwas liest und neu schreibt.',
  },
  noWebhook: 'Öffnen Sie einen Webhook, um eine Signatur mit seinem Schlüssel zu prüfen.',
  failed: 'Die Beispiele konnten nicht geladen werden.',
  sampleOf: event => `Beispiel: ${event}`,
};
