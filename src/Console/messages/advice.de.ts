import type { Messages } from './en';

/** Was ein Fehler ist: auf Deutsch. */
export const advice: Messages['advice'] = {
  answered: (status, what) => `Der Empfänger hat mit ${status} geantwortet: ${what}`,
  byErrorClass: {
    dns: 'Zum Namen in der URL wurde keine Adresse gefunden.',
    connect: 'Der Empfänger ist aus dem Internet nicht erreichbar.',
    refused: 'Unter dieser Adresse nimmt niemand Verbindungen an.',
    tls: 'Es kam keine sichere Verbindung zustande.',
    timeout: 'Es kam nicht rechtzeitig eine Antwort.',
    reset: 'Der Empfänger hat die Verbindung getrennt, bevor er geantwortet hat.',
    blocked: 'An diese URL sendet Atrium nichts.',
    http: 'Die Antwort des Empfängers ist nicht lesbar.',
    body: 'Der Empfänger hat geantwortet, aber seine Antwort hatte kein Ende.',
    endpoint_down: 'Beim Empfänger ist zuletzt alles fehlgeschlagen, deshalb wurde diesmal nichts gesendet.',
    endpoint_overloaded: 'Der Empfänger ist zu langsam für die Menge, deshalb wurde diesmal nichts gesendet.',
  },
  byStatus: {
    redirect: 'Er verweist an eine andere Stelle, und Atrium folgt dem nicht.',
    signature: 'Er erkennt die Signatur nicht an.',
    login: 'Er hat die Anfrage abgelehnt.',
    noticeSignature: 'Er erkennt die Signatur nicht an.',
    noticeLogin: 'Er hat die Anfrage abgelehnt.',
    data: 'Er nimmt das Ereignis in dieser Form nicht an.',
    missing: 'Unter dieser Adresse gibt es nichts.',
    method: 'Die Adresse gibt es, sie nimmt aber keine Ereignisse an.',
    large: 'Das Ereignis ist ihm zu groß.',
    type: 'Er nimmt kein JSON an.',
    many: 'Er nimmt im Moment nichts mehr an.',
    server: 'Bei ihm oder davor ist ein Fehler aufgetreten.',
    other: 'Nur eine Antwort von 200 bis 299 gilt als zugestellt.',
  },
};
