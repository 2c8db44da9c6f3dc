import type { Messages } from './en';

/** Was ein Fehler ist und was zu tun ist: auf Deutsch. */
export const advice: Messages['advice'] = {
  answered: (status, what) => `Der Empfänger hat mit ${status} geantwortet: ${what}`,
  byErrorClass: {
    dns: {
      what: 'Der Name in der URL ist im Internet nicht bekannt.',
      todo: ['Prüfen Sie die Schreibweise der URL.',
        'Wenn sie stimmt, fragen Sie die Betreuer des Empfängers, ob der Name öffentlich ist.'],
    },
    connect: {
      what: 'Der Empfänger ist aus dem Internet nicht erreichbar.',
      todo: ['Prüfen Sie, ob er eingeschaltet ist, und fragen Sie seine Betreuer, ob eine Firewall Atrium abweist.'],
    },
    refused: {
      what: 'Unter dieser Adresse nimmt niemand Verbindungen an.',
      todo: ['Prüfen Sie die Portnummer in der URL, falls sie eine enthält.',
        'Prüfen Sie, ob der Empfänger eingeschaltet ist.'],
    },
    tls: {
      what: 'Es kam keine sichere Verbindung zustande.',
      todo: ['Lassen Sie prüfen, ob das Zertifikat des Empfängers abgelaufen ist. Er braucht TLS 1.2 oder 1.3.'],
    },
    timeout: {
      what: 'Der Empfänger hat nicht rechtzeitig geantwortet.',
      todo: ['Er sollte antworten, sobald er das Ereignis gespeichert hat, und die Arbeit danach erledigen.',
        'Prüfen Sie, ob er eingeschaltet ist, und fragen Sie seine Betreuer, ob eine Firewall Atrium abweist.'],
    },
    reset: {
      what: 'Der Empfänger hat die Verbindung getrennt, bevor er geantwortet hat.',
      todo: ['Sehen Sie im Protokoll des Empfängers zu dieser Zeit nach.'],
    },
    blocked: {
      what: 'Die URL führt in ein privates Netz, deshalb wurde nichts gesendet.',
      todo: ['Verwenden Sie eine, die aus dem ganzen Internet erreichbar ist. '
        + 'Ein privates Netz braucht ein öffentliches Gateway.'],
    },
    http: {
      what: 'Die Antwort des Empfängers ist nicht lesbar.',
      todo: ['Prüfen Sie die Portnummer in der URL, falls sie eine enthält.',
        'Der Empfänger muss HTTP/1.1 sprechen.'],
    },
    body: {
      what: 'Der Empfänger hat geantwortet, aber seine Antwort hatte kein Ende.',
      todo: ['Es ist nichts verloren gegangen. Lassen Sie ihn ohne Inhalt antworten.'],
    },
    endpoint_down: {
      what: 'Beim Empfänger ist zuletzt alles fehlgeschlagen, deshalb wurde diesmal nichts gesendet.',
      todo: ['Sehen Sie sich die Versuche davor an: Dort steht der Grund.',
        'Der nächste Erfolg beendet dies von selbst.'],
    },
    endpoint_overloaded: {
      what: 'Der Empfänger ist zu langsam für die Menge, deshalb wurde diesmal nichts gesendet.',
      todo: ['Er sollte antworten, sobald er das Ereignis gespeichert hat, und die Arbeit danach erledigen.'],
    },
  },
  byStatus: {
    redirect: {
      what: 'Er verweist auf eine andere Adresse, der Atrium nicht folgt.',
      todo: ['Senden Sie einen Test: Er zeigt, wohin. Wenn diese Adresse Ihre ist, verwenden Sie sie als URL.'],
    },
    signature: {
      what: 'Er erkennt die Signatur nicht an.',
      todo: ['Vergleichen Sie den Schlüssel im Empfänger mit dem dieses Webhooks. '
        + 'Erstellen Sie im Zweifel einen neuen.',
        '„Signatur prüfen“ zeigt, an welchem Schritt es liegt.'],
    },
    login: {
      what: 'Er hat die Anfrage abgelehnt.',
      todo: ['Entweder erkennt er die Signatur nicht an: Vergleichen Sie seinen Schlüssel mit dem dieses Webhooks.',
        'Oder er verlangt eine Anmeldung: Fügen Sie einen Header damit hinzu.'],
    },
    noticeSignature: {
      what: 'Er erkennt die Signatur nicht an.',
      todo: ['Vergleichen Sie den Schlüssel im Empfänger mit dem der Benachrichtigungen. '
        + 'Erstellen Sie im Zweifel einen neuen.'],
    },
    noticeLogin: {
      what: 'Er hat die Anfrage abgelehnt.',
      todo: ['Entweder erkennt er die Signatur nicht an: '
        + 'Vergleichen Sie seinen Schlüssel mit dem der Benachrichtigungen.',
        'Oder er verlangt eine Anmeldung, die es hier nicht gibt: Wählen Sie einen, der nur auf die Signatur achtet.'],
    },
    data: {
      what: 'Er nimmt das Ereignis in dieser Form nicht an.',
      todo: ['Lesen Sie die Antwort: Dort steht oft der Grund.', 'Prüfen Sie, welche Felder der Empfänger erwartet.'],
    },
    missing: {
      what: 'Unter dieser Adresse gibt es nichts.',
      todo: ['Prüfen Sie die URL.',
        'Prüfen Sie, ob der Zap, das Szenario oder der Flow eingeschaltet ist.'],
    },
    method: {
      what: 'Die Adresse gibt es, sie nimmt aber keine Ereignisse an.',
      todo: ['Prüfen Sie die URL: Vielleicht fehlt ihr Ende.'],
    },
    large: { what: 'Das Ereignis ist ihm zu groß.', todo: ['Erhöhen Sie seine Grenze auf 256 KB.'] },
    type: {
      what: 'Er nimmt kein JSON an.',
      todo: ['Stellen Sie den Empfänger so ein, dass er application/json annimmt.'],
    },
    many: {
      what: 'Er nimmt im Moment nichts mehr an.',
      todo: ['Erhöhen Sie seine Grenze für Anfragen.'],
    },
    server: {
      what: 'Bei ihm oder davor ist ein Fehler aufgetreten.',
      todo: ['Sehen Sie im Protokoll des Empfängers zu dieser Zeit nach.'],
    },
    other: {
      what: 'Nur eine Antwort von 200 bis 299 gilt als zugestellt.',
      todo: ['Sehen Sie im Protokoll des Empfängers nach dem Grund.'],
    },
  },
};
