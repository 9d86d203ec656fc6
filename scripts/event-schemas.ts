import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { SCHEMA_FOLDER } from '../harness/domain-event-schemas';
import { DOMAIN_EVENTS, eventJsonSchema } from '../lib/event-bus/event-schema';

/** Writes the schemas of the domain events. `test/docs/event-schemas.test.ts` fails when one is behind. */
async function main(): Promise<void> {
  mkdirSync(SCHEMA_FOLDER, { recursive: true });
  for (const event of DOMAIN_EVENTS) {
    const file = join(SCHEMA_FOLDER, `${event}.json`);
    const style = await resolveConfig(file);
    const schema = JSON.stringify(eventJsonSchema(event), null, 2);
    writeFileSync(file, await format(schema, { ...style, parser: 'json' }));
  }
}

void main();
