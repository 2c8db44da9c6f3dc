const accents: Readonly<Record<string, string>> =
  { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', A: 'Á', E: 'É', I: 'Í', O: 'Ó', U: 'Ú', n: 'ñ', c: 'ç' };

/** Sentences that are 40 per cent longer and have accents, to see what does not fit and what was not translated. */
export function pseudo<T>(messages: T): T {
  if (typeof messages === 'string') return lengthen(messages) as T;
  if (typeof messages === 'function') return ((...args: unknown[]) => pseudo(messages(...args))) as T;
  if (Array.isArray(messages)) return messages.map(pseudo) as T;
  if (typeof messages !== 'object' || messages === null) return messages;
  return Object.fromEntries(Object.entries(messages).map(([name, value]) => [name, pseudo(value)])) as T;
}

// Each word for itself: a language with long words is what a narrow screen has to hold.
const lengthen = (text: string): string => text.split(' ').map(lengthenWord).join(' ');

const lengthenWord = (word: string): string =>
  `${[...word].map(letter => accents[letter] ?? letter).join('')}${'·'.repeat(Math.ceil(word.length * 0.4))}`;
