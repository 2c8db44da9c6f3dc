import { signal } from '@preact/signals';

/** A secret that is in force and can never be shown again. */
interface Uncopied {
  readonly secret: string;
  /** Whose it is, as an admin calls it. */
  readonly of: string;
  /** Whether it took the place of an earlier one. */
  readonly isNew?: boolean;
  /** Where its maker goes on; where they are, if not given. */
  readonly next?: string | null;
  /** Tests with it, where that can be done from here. */
  readonly test?: (() => void) | undefined;
}

/** What is shown until somebody says that it is copied, wherever they have gone since it was asked for. */
export const uncopied = signal<Uncopied | null>(null);
