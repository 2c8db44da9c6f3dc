import type { Messages, Plural } from './en'; import { en } from './en'; export const de = (plural: Plural): Messages => en(plural);
