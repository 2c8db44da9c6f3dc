import type { todo as english } from './todo.en';

/** Was bei einem Fehler zu tun ist. */
export const todo: typeof english = {
  dns: [
    'Prüfen Sie die Schreibweise der URL.',
    'Wenn sie stimmt, fragen Sie die Betreuer des Empfängers, ob der Name öffentlich ist.',
  ],
  connect: ['Prüfen Sie, ob er eingeschaltet ist, und fragen Sie seine Betreuer, ob eine Firewall Atrium abweist.'],
  refused: [
    'Prüfen Sie die Portnummer in der URL, falls sie eine enthält.',
    'Prüfen Sie, ob der Empfänger eingeschaltet ist.',
  ],
  tls: ['Lassen Sie prüfen, ob das Zertifikat des Empfängers abgelaufen ist. Er braucht TLS 1.2 oder 1.3.'],
  timeout: [
    'Er sollte antworten, sobald er das Ereignis gespeichert hat, und die Arbeit danach erledigen.',
    'Prüfen Sie, ob er eingeschaltet ist, und fragen Sie seine Betreuer, ob eine Firewall Atrium abweist.',
  ],
  reset: ['Sehen Sie im Protokoll des Empfängers zu dieser Zeit nach.'],
  blocked: [
    'Verwenden Sie eine, die aus dem ganzen Internet erreichbar ist. '
      + 'Ein privates Netz braucht ein öffentliches Gateway.',
  ],
  http: ['Prüfen Sie die Portnummer in der URL, falls sie eine enthält.', 'Der Empfänger muss HTTP/1.1 sprechen.'],
  body: ['Es ist nichts verloren gegangen. Lassen Sie ihn ohne Inhalt antworten.'],
  endpoint_down: [
    'Sehen Sie sich die Versuche davor an: Dort steht der Grund.',
    'Der nächste Erfolg beendet dies von selbst.',
  ],
  endpoint_overloaded: [
    'Er sollte antworten, sobald er das Ereignis gespeichert hat, und die Arbeit danach erledigen.',
  ],
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
};
