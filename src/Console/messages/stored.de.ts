import type { stored as english } from './stored.en';

/** Was die Einstellungen eines Webhooks und die der Benachrichtigungen gemeinsam haben. */
export const stored: typeof english = {
  lostAnswer: 'Es kam keine Antwort. Ob die Änderung gespeichert ist, ist nicht bekannt. Sie können sie gefahrlos noch '
    + 'einmal speichern.',
  nothingChanged: 'Es wurde nichts geändert.',
  saveChanges: 'Änderungen speichern',
  newSecret: 'Neuen Schlüssel erstellen …',
  earlier: until => `Ein früherer gilt noch bis: ${until}.`,
};
