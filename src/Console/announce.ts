import { signal } from '@preact/signals';

/** What a screen reader says when it has time, and what is shown for some seconds. */
export const said = signal<Said | null>(null);

interface Said {
  readonly text: string;
  readonly urgent: boolean;
  readonly seen: boolean;
  readonly id: number;
}

let last = 0;

/** Says that something has come about: saved, copied, tested. */
export const announce = (text: string): void => { said.value = { text, urgent: false, seen: true, id: ++last }; };

/** Says to a screen reader only what everybody else sees in its place. */
export const speak = (text: string): void => { said.value = { text, urgent: false, seen: false, id: ++last }; };

/** Says at once that what was just asked for has failed. */
export const complain = (text: string): void => { said.value = { text, urgent: true, seen: true, id: ++last }; };
