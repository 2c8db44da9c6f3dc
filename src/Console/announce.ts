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

const say = (urgent: boolean, seen: boolean) => (text: string): void => {
  said.value = { text, urgent, seen, id: ++last };
};

/** Says that something has come about: saved, copied, tested. */
export const announce = say(false, true);

/** Says to a screen reader only what everybody else sees in its place. */
export const speak = say(false, false);

/** Says at once that what was just asked for has failed. */
export const complain = say(true, true);
