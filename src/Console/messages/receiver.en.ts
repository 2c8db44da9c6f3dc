/** The words of what is said about receivers, which are loaded with the guides: few look there first. */
export const receiver = {
  tool: 'Your tool',
  other: 'Other',
  code: 'The whole program, for your developers to copy. It checks the signature, and leaves out tests and events '
    + 'that come twice. Its first lines say how it is started.',
  otherText: 'Any system that takes a POST request with JSON will do. It answers with a status from 200 to 299 as '
    + 'soon as it has stored the event, and does the work afterwards. Whatever it answers else counts as failed, and '
    + 'is tried again for 20 minutes.',
  yourUrl: 'The URL of this webhook',
  yourEvents: 'Its events',
  samples: 'What is sent',
  samplesHint: 'A sample of each event. The body is exactly this JSON, with nothing around it.',
  check: 'Check a signature',
  checkHint: 'Paste a request as your receiver got it. It says at which step the check fails.',
  headers: 'Headers, one on each line',
  body: 'Body, exactly as it came',
  checkNow: 'Check',
  fits: 'The signature is right.',
  steps: {
    headers: 'The three headers are there', timestamp: 'The time can be read', clock: 'The time is recent',
    version: 'The signature is of a known kind', secret: 'It was made with this webhook’s secret',
    body: 'The body is as it was sent',
  },
  passed: 'passed', notPassed: 'failed', notReached: 'not reached',
  whyNot: {
    headers: 'A header is missing. Pass on webhook-id, webhook-timestamp and webhook-signature.',
    timestamp: 'webhook-timestamp is not a whole number of seconds. Pass it on as it came.',
    clock: 'The request is too old or from the future. Check the clock of your receiver, or send a new test.',
    version: 'No signature begins with v1. Pass the header webhook-signature on as it came.',
    secret: 'None of the signatures fits. Compare the secret in your receiver with the one of this webhook, and '
      + 'check that the body is exactly as it came.',
    body: 'The body is not as it was sent. Check it before anything reads and writes it again.',
  },
  noWebhook: 'Open a webhook to check a signature with its secret.',
  failed: 'The samples could not be loaded.',
  sampleOf: (event: string) => `Sample: ${event}`,
};

export type ReceiverWords = typeof receiver;
