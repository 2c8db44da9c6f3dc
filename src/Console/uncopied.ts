import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

/** A secret that is in force and can never be shown again. */
interface Uncopied {
  readonly secret: string;
  /** Whose it is, as an admin calls it. */
  readonly of: string;
  /** Whether it took the place of an earlier one. */
  readonly isNew?: boolean;
  /** Where its maker goes on; where they are, if not given. */
  readonly next?: string | null;
  /** Tests with it as soon as it is shown. */
  readonly test?: ComponentChildren;
}

/** What is shown, one by one, until somebody says that it is copied, wherever they have gone since it was asked for. */
export const uncopied = signal<readonly Uncopied[]>([]);

/** Shows a secret, after those that are shown already. */
export const showSecret = (one: Uncopied): void => { uncopied.value = [...uncopied.value, one]; };
