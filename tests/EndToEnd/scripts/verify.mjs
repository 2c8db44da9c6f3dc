// Verifies one request, given as JSON on standard input, as a customer's receiver would.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
new Webhook(secret).verify(Buffer.from(body, "base64").toString("utf8"), headers);
