// In a frame of another site, a browser may refuse all storage. Then a reload begins anew, and all else works.
const storage = given();
const held = new Map<string, string>();

function given(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

/** What the tab keeps over a reload. */
export const kept = (name: string): string | null => storage ? storage.getItem(name) : held.get(name) ?? null;

/** Keeps a text as long as the tab lives; null forgets it. */
export function keep(name: string, value: string | null): void {
  if (value === null) {
    storage?.removeItem(name);
    held.delete(name);
  } else if (storage) {
    storage.setItem(name, value);
  } else {
    held.set(name, value);
  }
}
