// Lints the OpenAPI document on standard input by the linter's recommended rules, and writes what it finds as JSON.
import { text } from 'node:stream/consumers';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    // The document is linted as of example.com.
    'no-server-example.com': 'off',
    // The ticket's route redirects.
    'operation-2xx-response': 'off',
  },
});
const problems = await lintFromString({ source: await text(process.stdin), config });
process.stdout.write(
  JSON.stringify(
    problems.map(({ ruleId, message, location }) => ({ ruleId, message, at: location[0]?.pointer })),
  ),
);
