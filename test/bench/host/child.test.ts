import { setTimeout as delay } from 'node:timers/promises';
import { Child } from '../../../bench/host/child';

test('a process that ends, or has ended, answers by an error that names the question', async () => {
  const { child } = await Child.start<{ ask: string }, unknown, unknown>('checkout/buyers.ts');

  process.kill(child.pid, 'SIGKILL');
  await expect(child.ask({ ask: 'now' })).rejects.toThrow(
    /^\{"ask":"now"\}: the process (has ended|ended with SIGKILL)$/,
  );
  await delay(100);

  await expect(child.ask({ ask: 'later' })).rejects.toThrow('{"ask":"later"}: the process has ended');
  await child.close();
});
