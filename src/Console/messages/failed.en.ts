import type { Plural } from './en';

/** The sentences about failed events that come with their list. */
export const failed = (plural: Plural) => ({
  emptyFiltered: 'No failed event fits.',
  choose: (group: string) => `Choose: ${group}`,
  chooseAll: 'Choose all',
  range: (from: string, to: string) => from === to ? from : `${from} – ${to}`,
  chosen: (groups: number, events: string) =>
    `${plural(groups, { one: '# group', other: '# groups' })}, ${events}`,
  nothingChosen: 'Choose what to send again or delete.',
  sendAgainMany: (count: number) => plural(count, { one: 'Send # again…', other: 'Send # again…' }),
  deleteMany: 'Delete…',
  before: 'Before you send again, find out whether the receiver is well:',
  incomplete: 'There are more. These are the newest.',
  deletedWebhook: 'A webhook that was deleted',
  unreadable: 'Events that Atrium could not use',
  reasons: {
    AttemptsExhausted: 'every attempt failed',
    InvalidDelivery: 'Atrium could not read it',
    InvalidEvent: 'not an event that Atrium knows',
    MaxDeliveryCountExceeded: 'Atrium could not handle it',
    TTLExpiredException: 'it waited too long',
  },
  openAt: (when: string) => `Open the event of ${when}`,
  more: 'Show more',
  sendText: (count: number, to: string) => plural(count, {
    one: `# event will be sent to ${to}, in up to 10 attempts. `
      + 'The receiver may get it twice. It can tell by the header webhook-id.',
    other: `# events will be sent to ${to}, in up to 10 attempts each. `
      + 'The receiver may get some of them twice. It can tell by the header webhook-id.' }),
  sendUnknown: (count: number) => plural(count, {
    one: '# event will be sent again, to every webhook that takes it.',
    other: '# events will be sent again, to every webhook that takes them.' }),
  sendOwn: (count: number) => plural(count, {
    one: '# event will be sent again, to its webhook.', other: '# events will be sent again, to their webhook.' }),
  failing: (what: string) => `The last attempt failed: ${what} Send a test first?`,
  allTheSame: 'Send again all the same',
  deleteText: (events: string) => `${events} are deleted for good. Their visitors’ data is gone from here.`,
});

export type FailedWords = ReturnType<typeof failed>;
