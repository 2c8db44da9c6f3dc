import type { Plural } from './en';

/** The sentences about what is done in bulk. */
export const jobs = (plural: Plural) => ({
  replay: (count: number | null) =>
    count === null ? 'Sending events again'
      : plural(count, { one: 'Sending # event again', other: 'Sending # events again' }),
  discard: (count: number | null) =>
    count === null ? 'Deleting events' : plural(count, { one: 'Deleting # event', other: 'Deleting # events' }),
  resume: (count: number | null) =>
    count === null ? 'Sending held events'
      : plural(count, { one: 'Sending # held event', other: 'Sending # held events' }),
  erase: 'Deleting a visitor’s data',
  unknown: 'Something that a newer version of this page knows',
  progress: (done: string, of: string) => `${done} of ${of}`,
  soFar: (done: string) => `${done} so far`,
  stop: 'Stop',
  stopping: 'Stopping…',
  waiting: 'Waits until something else is done.',
  ended: {
    replay: (count: number) => plural(count, {
      none: 'There was nothing left to send again.',
      one: '# event was sent again. See how it fares in Activity.',
      other: '# events were sent again. See how they fare in Activity.' }),
    discard: (count: number) => plural(count, {
      none: 'There was nothing left to delete.', one: '# event was deleted.', other: '# events were deleted.' }),
    resume: (count: number) => plural(count, {
      none: 'No event was held.',
      one: '# held event is on its way. See how it fares in Activity.',
      other: '# held events are on their way. See how they fare in Activity.' }),
    unknown: () => 'It is done.',
  },
  skipped: {
    replay: (count: number) => plural(count, {
      one: '# event was not sent again: it could not be read, or its webhook was deleted. You can delete it.',
      other: '# events were not sent again: they could not be read, or their webhook was deleted. '
        + 'You can delete them.' }),
    discard: (count: number) => plural(count, {
      one: '# event could not be read, so it is still there. Ask whoever looks after Atrium.',
      other: '# events could not be read, so they are still there. Ask whoever looks after Atrium.' }),
    resume: (count: number) => plural(count, {
      one: '# event could not be read, so it is still held. Ask whoever looks after Atrium.',
      other: '# events could not be read, so they are still held. Ask whoever looks after Atrium.' }),
    unknown: (count: number) => plural(count, {
      one: '# event could not be read.', other: '# events could not be read.' }),
  },
  stopped: (count: number) => plural(count, {
    none: 'Stopped before anything was done. All is as it was.',
    one: 'Stopped. # was done; the others are as they were.',
    other: 'Stopped. # were done; the others are as they were.' }),
  stoppedHeld: (count: number) => plural(count, {
    none: 'Stopped before any was sent. The held events go out soon, unless you pause the webhook.',
    one: 'Stopped after # event. The others go out soon, unless you pause the webhook.',
    other: 'Stopped after # events. The others go out soon, unless you pause the webhook.' }),
  pausedAgain: (count: number) => plural(count, {
    none: 'Stopped before any was sent, since the webhook was paused. All are still held.',
    one: 'Stopped after # event, since the webhook was paused. The others are still held.',
    other: 'Stopped after # events, since the webhook was paused. The others are still held.' }),
  failed: 'It stopped before all was done. What was done stays done. If that happens again, ask whoever looks after '
    + 'Atrium.',
  reached: (percent: string) => `${percent} done`,
  ofNotices: {
    replay: (count: number | null) => count === null ? 'Sending notices again'
      : plural(count, { one: 'Sending # notice again', other: 'Sending # notices again' }),
    discard: (count: number | null) => count === null ? 'Deleting notices'
      : plural(count, { one: 'Deleting # notice', other: 'Deleting # notices' }),
    ended: {
      replay: (count: number) => plural(count, {
        none: 'There was nothing left to send again.',
        one: '# notice was sent again. See how it fares under “Notices sent”.',
        other: '# notices were sent again. See how they fare under “Notices sent”.' }),
      discard: (count: number) => plural(count, {
        none: 'There was nothing left to delete.', one: '# notice was deleted.', other: '# notices were deleted.' }),
    },
    skipped: {
      replay: (count: number) => plural(count, {
        one: '# notice was not sent again: it could not be read, or there is no URL for notices. You can delete it.',
        other: '# notices were not sent again: they could not be read, or there is no URL for notices. '
          + 'You can delete them.' }),
      discard: (count: number) => plural(count, {
        one: '# notice could not be read, so it is still there. Ask whoever looks after Atrium.',
        other: '# notices could not be read, so they are still there. Ask whoever looks after Atrium.' }),
    },
  },
});

export type JobWords = ReturnType<typeof jobs>;
