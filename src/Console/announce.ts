import { signal } from '@preact/signals';

/** What a screen reader says when it has time, and what is shown for some seconds. */
export const said = signal<{ readonly text: string; readonly urgent: boolean; readonly id: number } | null>(null);

let last = 0;

/** Says that something has come about: saved, copied, tested. */
export const announce = (text: string): void => { said.value = { text, urgent: false, id: ++last }; };

/** Says at once that what was just asked for has failed. */
export const complain = (text: string): void => { said.value = { text, urgent: true, id: ++last }; };
