import type { Plural } from './en';
import { stored } from './stored.en';

/** The words of the settings of a webhook, which are loaded with them: few look there first. */
export const settings = (plural: Plural) => ({
  ...stored,
  firstSecret: 'Make a secret…',
  stopSigning: 'Stop signing…',
  heldFor: (days: number) => plural(days, {
    one: 'Each is deleted after # day.', other: 'Each is deleted after # days.' }),
  delete: 'Delete this webhook…',
  saved: (seconds: number) => `Saved. In force within ${seconds} seconds.`,
  overlapLabel: 'Both secrets work for',
  overlap: 'Change your receiver within that time.',
  hours: (hours: number) => hours === 0 ? 'no time at all' : hours < 72
    ? plural(hours, { one: '# hour', other: '# hours' }) : plural(hours / 24, { one: '# day', other: '# days' }),
  noOverlap: 'The old secret stops working at once. Whatever your receiver refuses until you have changed it will be '
    + 'tried again for 20 minutes.',
  stopTitle: 'Stop signing?',
  stopText: 'Events go out without a signature from now on.',
  stop: 'Stop signing',
  deleteNone: 'No more events are sent to it.',
  deleteLoses: (lost: string) => `What can no longer be sent then: ${lost}.`,
  heldEvents: (count: number) => plural(count, { one: '# held event', other: '# held events' }),
  retryingEvents: (count: number) => plural(count, {
    one: '# event that waits for a retry', other: '# events that wait for a retry' }),
  resumeFirst: 'Resume first',
  deleteNow: 'Delete webhook',
  deleted: 'The webhook was deleted.',
  notMine: 'not changed by you',
});

export type SettingsWords = ReturnType<typeof settings>;
