import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startDynamoDbEngine } from '../../local/dynamodb/engine';
import { type Comparison } from '../comparison';
import { run } from '../programs';
import { DYNAMODB_LOCAL, startDynamoDbLocal } from './dynamodb-local';
import { Mirror } from './mirror';
import { NAMED } from './named-differences';
import { playSales } from './sales';

const ROOT = join(__dirname, '..', '..');

/** The tests of what reads and writes tables have a line like this. */
const USES_TABLES = /^const .*useTables\(\);$/m;

export const DYNAMODB: Comparison = {
  name: 'dynamodb-local',
  about: 'what the tests of the repositories, and a whole local run, ask of their tables, in DynamoDB Local',
  named: NAMED,
  async compare({ signal, progress }) {
    const local = await startDynamoDbLocal(signal);
    const engine = await startDynamoDbEngine();
    const { mirror, url } = await Mirror.before(engine.endpoint, local.url);
    try {
      progress('playing sales');
      await playSales(url);
      const tests = testsOfTables();
      progress(`${mirror.cases.length} operations; running ${tests.length} files of tests`);
      const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
      await run(process.execPath, [jest, '--runInBand', '--silent', ...tests], {
        signal,
        env: { DYNAMODB_ENDPOINT: url },
      }).catch((error: Error) => {
        if (signal.aborted) throw error;
        // Whether they pass says `npm test`. Here two engines answer one after the other, and some wait for no more than seconds.
        progress(`some tests fail, as they are kept waiting: ${error.message}`);
      });
      return { against: DYNAMODB_LOCAL, cases: mirror.cases };
    } finally {
      await mirror.close();
      await engine.close();
      await local.close();
    }
  },
};

function testsOfTables(): string[] {
  return readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(ROOT, 'test', file))
    .filter((file) => USES_TABLES.test(readFileSync(file, 'utf8')))
    .map((file) => relative(ROOT, file));
}
