import { noAnswer, type Answer } from './client';
import { lostSince } from './connection';

/** Loads files of the page that are wanted only now. */
export async function later<T>(load: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { data: await load(), etag: null };
  } catch (error) {
    // What every browser throws when a file does not come.
    if (!(error instanceof TypeError)) throw error;
    const isOffline = !navigator.onLine || lostSince.value !== null;
    // With a connection, the files of this page are gone from the app: there are newer ones.
    return { failure: isOffline ? noAnswer : { ...noAnswer, status: 404, code: 'out_of_date' } };
  }
}
