// Writes the types of the schemas of openapi.json, which are all that the page uses of it: node types.mjs [file]
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';

const { components, ...rest } = JSON.parse(
  readFileSync(new URL('../Atrium.Functions/Operations/openapi.json', import.meta.url), 'utf8'),
);
const schemas = { ...rest, paths: {}, webhooks: {}, components: { schemas: components.schemas } };
writeFileSync(
  process.argv[2] ?? new URL('api/api.d.ts', import.meta.url),
  COMMENT_HEADER + astToString(await openapiTS(schemas)),
);
