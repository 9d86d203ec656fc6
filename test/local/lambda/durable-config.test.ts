import { createFunctionPool } from '../../../local/lambda/function-pool';
import { durableConfiguration } from '../../../local/lambda/durable-config';
import { LocalClock } from '../../../local/core/clock';

test('a durable function has a time-out, and is remembered for two weeks unless it says otherwise', () => {
  expect(durableConfiguration({ ExecutionTimeout: 60 })).toEqual({
    ...{ executionTimeoutSeconds: 60, retentionDays: 14 },
  });
});

test.each([
  ['no time-out', {}, 'ExecutionTimeout must be a whole number from 1 to 31622400, not undefined'],
  ['more than a year', { ExecutionTimeout: 31_622_401 }, 'not 31622401'],
  [
    'a quarter of a year of history',
    { ExecutionTimeout: 1, RetentionPeriodInDays: 91 },
    'from 1 to 90, not 91',
  ],
  ['a key of its own', { ExecutionTimeout: 1, KMSKeyArn: 'arn' }, 'DurableConfig.KMSKeyArn'],
])('%s is refused', (_, config, message) => {
  expect(() => durableConfiguration(config)).toThrow(message);
});

describe('a durable function that is invoked', () => {
  const NAME = 'Cancel';
  const ARN = `arn:aws:lambda:us-east-1:000000000000:function:${NAME}`;

  function poolWithDurableFunction() {
    const pool = createFunctionPool({ clock: new LocalClock() });
    pool.register({
      ...{ name: NAME, arn: ARN, codeDirectory: '', handler: '', timeoutSeconds: 3, memoryMb: 128 },
      ...{ environment: {}, durable: { executionTimeoutSeconds: 60, retentionDays: 1 } },
    });
    pool.qualify(NAME, 'live');
    return pool;
  }

  test('is refused where nothing runs it', async () => {
    await expect(poolWithDurableFunction().invoke(`${ARN}:live`, {})).rejects.toThrow(
      'The durable function Cancel',
    );
  });

  test.each([
    ['invoke', `${ARN}:live`, '1'],
    ['invoke', `${NAME}:$LATEST`, '$LATEST'],
    ['invokeAsync', `${ARN}:live`, '1'],
  ] as const)('by %s of %s is an execution of version %s', async (how, nameOrArn, version) => {
    const pool = poolWithDurableFunction();
    const started: unknown[] = [];
    const start = (by: string) => async (invocation: object) => {
      started.push({ by, ...invocation });
      return { statusCode: 200 as const, payload: 'null' };
    };
    pool.executeBy({ invoke: start('invoke'), invokeAsync: start('invokeAsync') });

    await pool[how](nameOrArn, { eventId: 'e-1' });

    expect(started).toEqual([
      {
        by: how,
        version,
        payload: '{"eventId":"e-1"}',
        configuration: expect.objectContaining({ name: NAME }),
      },
    ]);
  });

  test.each(['invoke', 'invokeAsync'] as const)('by %s without a version is refused', async (how) => {
    const pool = poolWithDurableFunction();
    pool.executeBy({ invoke: jest.fn(), invokeAsync: jest.fn() });

    await expect(pool[how](ARN, {})).rejects.toMatchObject({
      ...{ name: 'InvalidParameterValueException', message: expect.stringContaining('unqualified ARN') },
    });
  });
});
