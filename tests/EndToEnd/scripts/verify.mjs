// Verifies one request, given as JSON in the first argument, as a customer's receiver would.
import { Webhook } from 'standardwebhooks';

const { secret, headers, body } = JSON.parse(process.argv[2]);
new Webhook(secret).verify(Buffer.from(body, 'base64').toString('utf8'), headers);
