import type { TodoWords } from './todo.en';

const reach = 'Prüfen Sie, ob er eingeschaltet ist, und fragen Sie seine Betreuer, ob eine Firewall Atrium abweist.';
const answerSoon = 'Er sollte antworten, sobald er das Ereignis gespeichert hat, und die Arbeit danach erledigen.';
const publicCertificate = 'Lassen Sie ein Zertifikat einer öffentlichen Zertifizierungsstelle einrichten.';

/** Was bei einem Fehler zu tun ist. */
export const todo: TodoWords = {
  byKind: {
    dns: ['Lassen Sie den Namen des Empfängers prüfen.'],
    connect: [reach],
    refused: [
      'Prüfen Sie die Portnummer in der URL, falls sie eine enthält.',
      'Prüfen Sie, ob der Empfänger eingeschaltet ist.',
    ],
    tls: ['Lassen Sie das Zertifikat des Empfängers prüfen. Er braucht TLS 1.2 oder 1.3.'],
    timeout: [
      'Prüfen Sie, ob der Empfänger eingeschaltet ist, und sehen Sie in seinem Protokoll zu dieser Zeit nach.',
    ],
    reset: ['Sehen Sie im Protokoll des Empfängers zu dieser Zeit nach.'],
    blocked: ['Ändern Sie die URL.'],
    http: ['Prüfen Sie die Portnummer in der URL, falls sie eine enthält.', 'Der Empfänger muss HTTP/1.1 sprechen.'],
    body: ['Es ist nichts verloren gegangen. Lassen Sie ihn ohne Inhalt antworten.'],
    endpoint_down: [
      'Sehen Sie sich die Versuche davor an: Dort steht der Grund.',
      'Der nächste Erfolg beendet dies von selbst.',
    ],
    endpoint_overloaded: [answerSoon],
    redirect: ['Senden Sie einen Test: Er zeigt, wohin. Wenn diese Adresse Ihre ist, verwenden Sie sie als URL.'],
    signature: [
      'Vergleichen Sie den Schlüssel im Empfänger mit dem dieses Webhooks. '
        + 'Erstellen Sie im Zweifel einen neuen.',
      '„Signatur prüfen“ zeigt, an welchem Schritt es liegt.',
    ],
    login: [
      'Entweder erkennt er die Signatur nicht an: Vergleichen Sie seinen Schlüssel mit dem dieses Webhooks.',
      'Oder er verlangt eine Anmeldung: Fügen Sie einen Header damit hinzu.',
    ],
    noticeSignature: [
      'Vergleichen Sie den Schlüssel im Empfänger mit dem der Benachrichtigungen. '
        + 'Erstellen Sie im Zweifel einen neuen.',
    ],
    noticeLogin: [
      'Entweder erkennt er die Signatur nicht an: '
        + 'Vergleichen Sie seinen Schlüssel mit dem der Benachrichtigungen.',
      'Oder er verlangt eine Anmeldung, die es hier nicht gibt: Wählen Sie einen, der nur auf die Signatur achtet.',
    ],
    data: ['Lesen Sie die Antwort: Dort steht oft der Grund.', 'Prüfen Sie, welche Felder der Empfänger erwartet.'],
    missing: ['Prüfen Sie die URL.', 'Prüfen Sie, ob der Zap, das Szenario oder der Flow eingeschaltet ist.'],
    method: ['Prüfen Sie die URL: Vielleicht fehlt ihr Ende.'],
    large: ['Erhöhen Sie seine Grenze auf 256 KB.'],
    type: ['Stellen Sie den Empfänger so ein, dass er application/json annimmt.'],
    many: ['Erhöhen Sie seine Grenze für Anfragen.'],
    server: ['Sehen Sie im Protokoll des Empfängers zu dieser Zeit nach.'],
    other: ['Sehen Sie im Protokoll des Empfängers nach dem Grund.'],
  },
  byCause: {
    name_not_found: {
      what: 'Der Name ist im Internet nicht bekannt.',
      todo: [
        'Prüfen Sie die Schreibweise der URL.',
        'Wenn sie stimmt, fragen Sie die Betreuer des Empfängers, ob der Name öffentlich ist.',
      ],
    },
    name_servers_silent: {
      what: 'Die Nameserver der Domain haben nicht geantwortet.',
      todo: ['Senden Sie in einigen Minuten einen Test.', 'Schlägt auch er fehl, lassen Sie die Nameserver prüfen.'],
    },
    address_not_public: {
      what: 'Sie führt in ein privates Netz.',
      todo: [
        'Verwenden Sie eine, die aus dem ganzen Internet erreichbar ist. '
          + 'Ein privates Netz braucht ein öffentliches Gateway.',
      ],
    },
    connect_timeout: { what: 'Der Empfänger hat die Verbindung nicht angenommen.', todo: [reach] },
    tls_timeout: {
      what: 'Der Empfänger hat die Verbindung angenommen, sie aber nicht fertig abgesichert.',
      todo: ['Fragen Sie seine Betreuer, ob er überlastet ist, und lassen Sie seine Einstellungen für TLS prüfen.'],
    },
    answer_timeout: { what: 'Der Empfänger braucht zu lange für die Antwort.', todo: [answerSoon] },
    certificate_missing: { what: 'Der Empfänger zeigt kein Zertifikat vor.', todo: [publicCertificate] },
    certificate_name: {
      what: 'Das Zertifikat des Empfängers gilt für einen anderen Namen als den in der URL.',
      todo: [
        'Verwenden Sie eine URL mit einem Namen, für den das Zertifikat gilt.',
        'Oder lassen Sie ein Zertifikat für diesen Namen einrichten.',
      ],
    },
    certificate_time: {
      what: 'Das Zertifikat des Empfängers ist abgelaufen oder noch nicht gültig.',
      todo: ['Lassen Sie es erneuern.'],
    },
    certificate_untrusted: {
      what: 'Dem Zertifikat des Empfängers ist nicht zu trauen: Es ist selbst signiert oder von einer privaten '
        + 'Zertifizierungsstelle, oder die Zertifikate dazwischen werden nicht mitgesendet.',
      todo: ['Lassen Sie eines einer öffentlichen Zertifizierungsstelle einrichten, mit der ganzen Kette.'],
    },
    certificate_invalid: {
      what: 'Das Zertifikat des Empfängers gilt nicht für diesen Zweck.',
      todo: [publicCertificate],
    },
    no_tls: {
      what: 'Der Empfänger hat sich nicht auf TLS 1.2 oder 1.3 eingelassen.',
      todo: [
        'Prüfen Sie die Portnummer in der URL, falls sie eine enthält: Es muss eine für https sein.',
        'Fragen Sie die Betreuer des Empfängers, welche Versionen von TLS er annimmt.',
      ],
    },
    http2_only: {
      what: 'Der Empfänger spricht nur HTTP/2, und Ereignisse werden mit HTTP/1.1 gesendet.',
      todo: ['Lassen Sie ihn, oder einen Proxy davor, auch HTTP/1.1 annehmen.'],
    },
    not_http: {
      what: 'Was zurückkam, ist kein HTTP/1.1.',
      todo: ['Prüfen Sie die Portnummer in der URL, falls sie eine enthält: Es muss die eines Webservers sein.'],
    },
    redirect_without_target: {
      what: 'Er nennt keine Webadresse.',
      todo: ['Fragen Sie die Betreuer des Empfängers nach der URL, die selbst Ereignisse annimmt.'],
    },
  },
};
