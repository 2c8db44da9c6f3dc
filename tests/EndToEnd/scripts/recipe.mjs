// Runs the code of a recipe as its tool does. The arguments are the tool, the recipe's file, the secret, the body in
// base64, and JSON: a list of headers, one for each request. Prints, for each, the event that the code goes on with, or
// null.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const [, , tool, recipe, secret, base64, requests] = process.argv;
const code = /```js\n(.*?)```/s.exec(await readFile(recipe, 'utf8'))[1];
const body = Buffer.from(base64, 'base64');
const require = createRequire(import.meta.url);
const AsyncFunction = (async () => {}).constructor;

const tools = {
  zapier: async headers => {
    const inputData = {
      body: body.toString('utf8'),
      id: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      signatures: headers['webhook-signature'],
      test: headers['webhook-test'],
      secret,
    };
    const { go, event } = await new AsyncFunction('inputData', 'require', `let output; ${code}; return output;`)(
      inputData, require);
    return { go: go === 'yes', event };
  },
  n8n: async headers => {
    const run = new AsyncFunction('$input', 'require', code.replace('whsec_…', secret));
    const [item] = await run.call(
      { helpers: { getBinaryDataBuffer: async () => body } }, { first: () => ({ json: { headers } }) }, require);
    return item.json;
  },
};

const outcomes = [];
for (const headers of JSON.parse(requests)) {
  const { go, event } = await tools[tool](headers);
  outcomes.push(go ? event.event : null);
}
console.log(JSON.stringify(outcomes));
