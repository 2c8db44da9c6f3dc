import { stored } from './stored.en';

/** The words of the settings for notices, which are loaded with that screen: few look there first. */
export const notices = {
  ...stored,
  lead: 'Atrium can tell you when a webhook fails for good, and when it works again. It calls a URL of yours, '
    + 'once for each. There, a flow in Zapier, Make or Power Automate can send a mail, or post to Teams or Slack.',
  url: 'Where to send notices',
  urlHint: 'Make a flow of its own for notices, and copy its URL here. It begins with https://.',
  enabled: 'Send notices',
  enabledHint: 'If not, the URL and its secret stay for later.',
  on: 'yes',
  off: 'no',
  testHint: 'Sends a sample notice. Your receiver cannot tell it from a real one unless it looks at the header '
    + 'webhook-test.',
  save: 'Save and be told',
  saved: 'Saved. You will be told from now on.',
  savedOff: 'Saved. No notices are sent.',
  signed: 'Notices are signed.',
  rotateText: 'Both secrets work for a day. Change your receiver within that time.',
  removeHeading: 'No notices any more',
  remove: 'Remove the URL…',
  removeTitle: 'Remove the URL for notices?',
  removeText: 'Nobody is told any more when a webhook fails. The URL and its secret are deleted.',
  removeNow: 'Remove the URL',
  removed: 'The URL was removed. No notices are sent.',
  conflictTitle: 'Somebody else changed these settings',
  gone: 'Somebody else removed the URL for notices. Save once more to set it again.',
  notSet: 'No URL is set. Nobody is told when a webhook fails.',
  sent: 'Notices sent',
  sentFailed: 'The notices that were sent could not be loaded.',
  noneSent: 'No notice was sent lately.',
  whenSent: 'One is sent when a webhook begins to fail for good, and one when it works again.',
  failed: 'Notices that could not be delivered',
  loadFailed: 'The settings for notices could not be loaded.',
  notShown: 'A notice says which webhook it is about. It is not shown here.',
};

export type NoticeWords = typeof notices;
