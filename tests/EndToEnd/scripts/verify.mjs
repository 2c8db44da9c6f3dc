// Verifies requests as customers' receivers do. The argument is JSON: a list of requests, each with the secret that its
// receiver has. Prints, for each, which libraries take it: [{ "standardwebhooks": true, "svix": true }, …].
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';

const takes = (library, { secret, headers, body }) => {
  try {
    new library(secret).verify(Buffer.from(body, 'base64').toString('utf8'), headers);
    return true;
  } catch (error) {
    // The one error of both libraries.
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
};

console.log(JSON.stringify(JSON.parse(process.argv[2]).map(request => ({
  standardwebhooks: takes(Webhook, request),
  svix: takes(SvixWebhook, request),
}))));
