import { run } from '../../../lambda/recovery/audit';
import { errorOf } from '../checkout';

test('an audit that fails, or takes for ever, keeps no other from it', async () => {
  const done: string[] = [];
  let end = () => {};
  const audited = run({
    payments: () => new Promise((resolve) => (end = () => resolve({}))),
    tickets: () => Promise.reject(new Error('no bucket')),
    holds: () => Promise.resolve({ looked: done.push('holds') }),
  });
  await new Promise(setImmediate);
  const meanwhile = [...done];

  end();
  const error = await errorOf(audited);

  expect(meanwhile).toEqual(['holds']);
  expect(error.message).toBe('Audits failed: tickets');
});
