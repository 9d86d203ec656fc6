import { Closing } from '../../local/core/closing';

test('everything is ended, last first, also after what fails to end; the first failure is passed on', async () => {
  const ended: string[] = [];
  const closing = new Closing();
  closing.push(() => void ended.push('first'));
  closing.push(() => {
    throw new Error('the second one fails');
  });
  closing.push(() => Promise.reject(new Error('the third one fails')));
  closing.push(() => void ended.push('last'));

  await expect(closing.run()).rejects.toThrow('the third one fails');

  expect(ended).toEqual(['last', 'first']);
});

test('what was ended is not ended again', async () => {
  const end = jest.fn();
  const closing = new Closing();
  closing.push(end);

  await closing.run();
  await closing.run();

  expect(end).toHaveBeenCalledTimes(1);
});

test('a start that fails is told by its own failure, whatever fails to end after it', async () => {
  const end = jest.fn();
  const closing = new Closing();

  const started = closing.afterFailureOf(() => {
    closing.push(end);
    closing.push(() => Promise.reject(new Error('the end')));
    throw new Error('the start');
  });

  await expect(started).rejects.toThrow('the start');
  expect(end).toHaveBeenCalledTimes(1);
});
