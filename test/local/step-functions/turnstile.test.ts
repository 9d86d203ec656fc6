import { setImmediate as nextTurn } from 'node:timers/promises';
import { Turnstile, type TurnstileOptions } from '../../../local/step-functions/turnstile';

/** Work that ends when it is told to, and what has begun so far. */
function turnstileOf(options: TurnstileOptions) {
  const turnstile = new Turnstile(options);
  const begun: string[] = [];
  const end = new Map<string, () => void>();
  const pass = (name: string) =>
    turnstile.pass(async () => {
      begun.push(name);
      await new Promise<void>((resolve) => end.set(name, resolve));
      return name;
    });
  return { turnstile, begun, end, pass };
}

test('no more run at once than there is room for, and the others in the order they came', async () => {
  const { begun, end, pass } = turnstileOf({ capacity: 2 });
  const all = ['a', 'b', 'c', 'd'].map(pass);
  await nextTurn();
  expect(begun).toEqual(['a', 'b']);

  end.get('b')!();
  await expect(all[1]).resolves.toBe('b');
  await nextTurn();
  expect(begun).toEqual(['a', 'b', 'c']);

  end.get('a')!();
  end.get('c')!();
  await nextTurn();
  end.get('d')!();
  await expect(Promise.all(all)).resolves.toEqual(['a', 'b', 'c', 'd']);
});

test('work that fails makes room too', async () => {
  const { turnstile, begun, pass, end } = turnstileOf({ capacity: 1 });
  await expect(turnstile.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');

  const next = pass('next');
  await nextTurn();
  expect(begun).toEqual(['next']);
  end.get('next')!();
  await next;
});

test('whoever waited for too long is throttled, and does not begin', async () => {
  const { begun, end, pass } = turnstileOf({ capacity: 1, patienceSeconds: 0 });
  const [first, late] = [pass('first'), pass('late')];
  await new Promise((resolve) => setTimeout(resolve, 5));

  end.get('first')!();
  await first;
  await expect(late).rejects.toMatchObject({ code: 'ThrottlingException' });
  expect(begun).toEqual(['first']);

  const after = pass('after');
  await nextTurn();
  end.get('after')!();
  await expect(after).resolves.toBe('after');
});

test('who is dismissed is throttled at once', async () => {
  const { turnstile, begun, end, pass } = turnstileOf({ capacity: 1 });
  const [inside, outside] = [pass('inside'), pass('outside')];

  turnstile.dismiss();

  await expect(outside).rejects.toMatchObject({ code: 'ThrottlingException' });
  end.get('inside')!();
  await inside;
  expect(begun).toEqual(['inside']);
});
