import { LocalClock } from '../../../local/core/clock';
import { type FunctionPool } from '../../../local/lambda/function-pool';
import { SqsEventSource } from '../../../local/lambda/sqs-event-source';
import { createSqsService } from '../../../local/sqs/sqs-service';
import { eventually } from '../../../harness/eventpro-client';

interface Batch {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

const sources: SqsEventSource[] = [];
afterEach(async () => {
  for (const source of sources.splice(0)) await source.stop();
});

/** A queue whose messages go to a function that answers as `answerTo` says, and what the source had to tell. */
function sourceOf(answerTo: (batch: Batch) => unknown, { reportBatchItemFailures = true } = {}) {
  const queue = createSqsService({ clock: new LocalClock() }).createQueue('email');
  const batches: Batch[] = [];
  const errors: unknown[] = [];
  const invoke: FunctionPool['invoke'] = async (_, event) => {
    batches.push(event as Batch);
    return { statusCode: 200, payload: JSON.stringify(answerTo(event as Batch)) };
  };
  queue.send('first');
  queue.send('second');
  const source = new SqsEventSource({
    ...{ queue, functionName: 'DeliverEmail', batchSize: 10, reportBatchItemFailures },
    pool: { invoke } as FunctionPool,
    onError: (error) => errors.push(error),
  });
  sources.push(source);
  return { queue, source, batches, errors };
}

const failures = (...batchItemFailures: unknown[]) => ({ batchItemFailures });

test.each<[string, (batch: Batch) => unknown]>([
  ['nothing', () => undefined],
  ['null', () => null],
  ['an empty answer', () => ({})],
  ['no failures', () => failures()],
  ['null for the failures', () => ({ batchItemFailures: null })],
])('a function that reports %s has done the whole batch', async (_, answerTo) => {
  const { queue, batches, errors, source } = sourceOf((batch) => answerTo(batch) ?? null);

  await eventually(async () => batches[0], 'a batch');
  await source.stop();

  expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  expect(errors).toEqual([]);
});

test('a reported message comes back, and the others are gone', async () => {
  const { queue, batches, source } = sourceOf(({ Records }) =>
    failures({ itemIdentifier: Records[1]!.messageId }),
  );

  await eventually(async () => batches[0], 'a batch');
  await source.stop();

  expect(queue.counts()).toMatchObject({ visible: 0, inFlight: 1 });
});

test.each<[string, unknown]>([
  ['an empty id', failures({ itemIdentifier: '' })],
  ['null for an id', failures({ itemIdentifier: null })],
  ['a misspelt key', failures({ itemIdentifer: 'x' })],
  ['an id that is not in the batch', failures({ itemIdentifier: 'x' })],
  ['null for a failure', failures(null)],
  ['something that is no list', { batchItemFailures: 'first' }],
])('%s stands for the failure of the whole batch, and the reason is told', async (_, answer) => {
  const { queue, batches, errors, source } = sourceOf(() => answer);

  await eventually(async () => batches[0], 'a batch');
  await source.stop();

  expect(queue.counts()).toMatchObject({ visible: 0, inFlight: 2 });
  expect(errors).toEqual([expect.any(Error)]);
});

test('without ReportBatchItemFailures the answer means nothing', async () => {
  const { queue, batches, source } = sourceOf(() => failures({ itemIdentifier: '' }), {
    reportBatchItemFailures: false,
  });

  await eventually(async () => batches[0], 'a batch');
  await source.stop();

  expect(queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
});

test('a source that was stopped takes no message until it is started again', async () => {
  const { queue, batches, source } = sourceOf(() => null);
  await eventually(async () => batches[0], 'a batch');
  await source.stop();

  queue.send('third');
  const whileStopped = queue.counts().visible;
  source.restart();
  await eventually(async () => batches[1], 'another batch');

  expect(whileStopped).toBe(1);
  expect(batches[1]!.Records.map(({ body }) => body)).toEqual(['third']);
});
