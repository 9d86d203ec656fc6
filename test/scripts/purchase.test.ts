import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type LocalRun, startLocalRun, STAGE } from '../../bin/local-run';
import { purchaseHash, referenceOf } from '../../lambda/shared/reference';
import { roleOf } from '../../lib/workflow/role';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { cloudAssembly } from '../support/cloud-assembly';
import { codesOf } from '../support/ticket-codes';
import { programOf } from '../support/program';
import { eventually, EventProClient } from '../../harness/eventpro-client';
import { DYNAMODB } from '../../local/dynamodb/plugin';
import { STEP_FUNCTIONS } from '../../local/step-functions/plugin';

const ROOT = join(__dirname, '..', '..');

let run: LocalRun;
const eventpro = new EventProClient(() => run.url);

beforeAll(async () => {
  run = await startLocalRun({ assemblyDirectory: await cloudAssembly(), port: 0, waitScale: 0 });
});
afterAll(() => run?.close());
beforeEach(() => eventpro.reset());

/** The command as a person runs it. Without `--local` it finds the tables as it finds them in AWS. */
function purchase(...options: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [programOf('purchase'), ...options],
      {
        cwd: ROOT,
        env: {
          ...process.env,
          AWS_ENDPOINT_URL_DYNAMODB: run.cloud.get(DYNAMODB).endpoint,
          AWS_REGION: LOCAL_REGION,
          AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
          AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
        },
      },
      (_, stdout, stderr) => resolve({ code: child.exitCode!, stdout, stderr }),
    );
  });
}

const spelled = (reference: string) =>
  `${reference.slice(0, 5)}-${reference.slice(5)}`.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l');

test.each([
  ['its reference', referenceOf],
  ['its hash, with more around it', (orderId: string) => `${purchaseHash(orderId)}-1796040370-2`],
])(
  'an order of extras is found by %s, when no purchase has it; its id, its token and its buyer are not shown',
  async (_, named) => {
    await eventpro.putExtras([{ extraId: 'programme', name: 'Programme', price: 500, stock: 9 }]);
    const { orderId } = await eventpro.order({
      items: [{ extraId: 'programme', quantity: 2 }],
      paymentMethod: 'pm_card_authenticationRequired',
    });
    await eventpro.orderThatIs(orderId, 'AWAITING_AUTHENTICATION');

    const found = await purchase('find', named(orderId), '--stage', 'dev');

    expect(found).toMatchObject({ code: 0, stderr: '' });
    expect(found.stdout).toMatch(/^Order +\w{10}\nStatus +AWAITING_AUTHENTICATION\n/);
    expect(found.stdout).toMatch(/^Extras +2 × Programme$/m);
    expect(found.stdout).toMatch(/^Waits +for the buyer to answer the bank, until/m);
    expect(found.stdout).not.toContain(orderId);
    expect(found.stdout).not.toMatch(/ann|token/i);
  },
);

test('whoever has the reference of a purchase learns what became of it, and neither who bought it nor its id', async () => {
  const { purchaseId, body } = await eventpro.buy({ seats: ['A-1', 'A-2'] });
  const { reference } = body as { reference: string };
  const [payment] = await eventpro.payments(purchaseId);
  await eventpro.emailAbout(purchaseId);

  const found = await purchase('find', spelled(reference), '--stage', 'dev');

  expect(found).toMatchObject({ code: 0, stderr: '' });
  const sheet = new Map(found.stdout.split('\n').map((line) => [line.slice(0, 11).trim(), line.slice(11)]));
  expect(Object.fromEntries(sheet)).toMatchObject({
    Reference: reference,
    Status: 'CONFIRMED',
    Event: 'demo',
    Seats: 'A-1, A-2',
    Amount: '€240',
    Opened: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
    Payment: payment!.paymentIntentId,
    'Told by': expect.stringContaining('email SENT'),
    Execution: expect.stringContaining(':express:'),
    Hash: purchaseHash(purchaseId),
  });
  expect(found.stdout).not.toContain(purchaseId);
  expect(found.stdout).not.toMatch(/ann/i);
});

test('a purchase whose e-mail bounced says so to whoever looks it up, without the address', async () => {
  const buyer = { name: 'Ann Lee', email: 'bounce@simulator.amazonses.com' };
  const { body } = await eventpro.buy({ seats: ['A-1'], buyer });
  const { reference } = body as { reference: string };

  const sheet = await eventually(async () => {
    const { stdout } = await purchase('find', reference, '--stage', 'dev');
    return /^E-mail {5}(.*)$/m.exec(stdout) ? stdout : undefined;
  }, 'a note of the bounce');

  expect(sheet).toMatch(/^E-mail {5}bounced \(Permanent\/General, 20\d\d-\S+Z\)$/m);
  expect(sheet).not.toContain('simulator');
});

test('a purchase that failed says why; the buyer is printed when asked for', async () => {
  const buyer = { name: 'Ann Lee', email: 'ann@example.com', phone: '+4915112345678' };
  const { purchaseId } = await eventpro.buy({
    ...{ seats: ['A-1'], buyer },
    paymentMethod: 'pm_card_chargeDeclined',
  });

  const found = await purchase('find', referenceOf(purchaseId), '--local', run.url, '--buyer');

  expect(found).toMatchObject({ code: 0, stderr: '' });
  expect(found.stdout).toMatch(/^Status +FAILED$/m);
  expect(found.stdout).toMatch(/^Failure +PAYMENT_DECLINED: .+$/m);
  expect(found.stdout).toMatch(/^Buyer +Ann Lee, ann@example.com, \+4915112345678$/m);
});

test('a purchase that waits for its buyer says so, and until when', async () => {
  const { purchaseId } = await eventpro.buy({
    ...{ seats: ['A-1'], paymentMethod: 'pm_card_authenticationRequired' },
  });

  const found = await purchase('find', referenceOf(purchaseId), '--local', run.url);

  expect(found).toMatchObject({ code: 0, stderr: '' });
  expect(found.stdout).toMatch(/^Status +AWAITING_AUTHENTICATION$/m);
  expect(found.stdout).toMatch(/^Waits +for the buyer to answer the bank, until 20\d\d-\S+Z$/m);
});

test('a purchase that was refused before it held anything is found as well', async () => {
  const { purchaseId } = await eventpro.buy({ seats: ['ZZ-99'] });

  const found = await purchase('find', referenceOf(purchaseId), '--local', run.url);

  expect(found.stdout).toMatch(/^Failure +SEAT_NOT_FOUND: .+$/m);
  expect(found.stdout).not.toMatch(/^Amount/m);
});

test.each([
  ['the hash', (hash: string) => hash],
  ['the name of a recovery', (hash: string) => `${hash}-3`],
  ['the key of a ticket', (hash: string) => `tickets/2026-11-29/${hash}.pdf`],
])('%s finds it too; --id prints the id alone', async (_, nameOf) => {
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });

  const found = await purchase('find', nameOf(purchaseHash(purchaseId)), '--local', run.url, '--id');

  expect(found).toEqual({ code: 0, stdout: `${purchaseId}\n`, stderr: '' });
});

test('a purchase from before there were references is not found by one, until its compensation has claimed it', async () => {
  await eventpro.setFault('GenerateTicket', { mode: 'fail-before' });
  await eventpro.setFault('RefundPayment', { mode: 'fail-before' });
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
  await forgetReference(purchaseId);

  const before = await purchase('find', referenceOf(purchaseId), '--local', run.url);
  await eventpro.healFaults();
  await eventpro.advanceClock(360);
  const [recovery] = run.cloud
    .get(STEP_FUNCTIONS)
    .stateMachines.filter((machine) => roleOf(machine) === 'recovery');
  await recovery!.start({ purchaseId, failures: {} }, { name: 'recovery' }).finished;
  const after = await purchase('find', referenceOf(purchaseId), '--local', run.url);

  expect(before.code).toBe(1);
  expect(after).toMatchObject({ code: 0, stdout: expect.stringContaining('FAILED') });
});

async function forgetReference(purchaseId: string): Promise<void> {
  const client = new DynamoDBClient({
    ...{ endpoint: run.cloud.get(DYNAMODB).endpoint, region: LOCAL_REGION },
    credentials: LOCAL_CREDENTIALS,
  });
  const TableName = run.cloud.outputs.get(`${STAGE}-Data`)!.PurchaseTableName as string;
  await DynamoDBDocumentClient.from(client).send(
    new UpdateCommand({
      ...{ TableName, Key: { purchaseId } },
      UpdateExpression: 'REMOVE #reference',
      ExpressionAttributeNames: { '#reference': 'reference' },
    }),
  );
  client.destroy();
}

describe('cancel', () => {
  const cancel = (wanted: string, ...options: string[]) =>
    purchase('cancel', wanted, '--local', run.url, ...options);

  async function sold() {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1', 'A-2'] });
    return { purchaseId, reference: referenceOf(purchaseId) };
  }

  test('a dry run shows the money and the seats, and changes nothing', async () => {
    const { purchaseId, reference } = await sold();

    const shown = await cancel(reference, '--reason', 'ORGANISER', '--refund', '12.50', '--dry-run');

    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/A-1, A-2/);
    expect(shown.stdout).toMatch(/12\.50 EUR of 240\.00 EUR/);
    expect(shown.stdout).toMatch(/Nothing was changed: this is a dry run/);
    expect(shown.stdout).not.toContain(purchaseId);
    expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CONFIRMED' });
  });

  test('cancels for part of the money, by the reference, and says what came of it; again says the same', async () => {
    const { purchaseId, reference } = await sold();

    const first = await cancel(spelled(reference), '--reason', 'ORGANISER', '--refund', '12.50', '--yes');
    const again = await cancel(reference, '--reason', 'FRAUD', '--yes');

    for (const { code, stdout, stderr } of [first, again]) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^Cancelled \(ORGANISER\)\. 12\.50 EUR to give back: SUCCEEDED$/m);
    }
    expect((await eventpro.payments(purchaseId)).map(({ refunded }) => refunded)).toEqual([1_250]);
    expect((await purchase('find', reference, '--local', run.url)).stdout).toMatch(
      /^Cancelled +ORGANISER, .*12\.50 EUR to give back: SUCCEEDED$/m,
    );
  });

  test('cancels by the id, too, for everything; of a disputed payment nothing goes back', async () => {
    const { purchaseId } = await sold();
    const other = await eventpro.buy({ seats: ['B-1'] });

    const whole = await cancel(purchaseId, '--reason', 'BUYER_REQUEST', '--yes');
    const disputed = await cancel(other.purchaseId, '--reason', 'DISPUTE', '--yes');

    expect(whole.stdout).toMatch(/240\.00 EUR to give back: SUCCEEDED/);
    expect(disputed.stdout).toMatch(/0\.00 EUR to give back: NONE/);
    expect([whole.code, disputed.code]).toEqual([0, 0]);
    expect(whole.stdout).not.toContain(purchaseId);
  });

  test('as it finds a deployed stage: the tables by their names, the API by its address', async () => {
    const { purchaseId, reference } = await sold();

    const { code } = await purchase(
      ...['cancel', reference, '--stage', 'dev', '--api', `${run.url}/api/`],
      ...['--reason', 'FRAUD', '--yes'],
    );

    expect(code).toBe(0);
    expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CANCELLED' });
  });

  test('a purchase that has let somebody in is refused, before and by the API; find says when and where', async () => {
    const { purchaseId, reference } = await sold();
    const [code] = await codesOf(eventpro, purchaseId);
    await eventpro.admit({ code: code!, gate: 'North 1' });

    const dry = await cancel(reference, '--reason', 'BUYER_REQUEST', '--dry-run');
    const real = await cancel(reference, '--reason', 'BUYER_REQUEST', '--yes');

    expect(dry).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/It would be refused: .*somebody in/),
    });
    expect(real).toMatchObject({ code: 1, stderr: expect.stringMatching(/^NOT_CANCELLABLE: /) });
    expect((await purchase('find', reference, '--local', run.url)).stdout).toMatch(
      /^Let in +A-1 \(North 1, 20\d\d-\S+Z\)$/m,
    );
  });

  test('when nobody knows what became of it, says how to follow it', async () => {
    const { reference } = await sold();
    await eventpro.setFault('RefundPayment', { mode: 'fail-before' });

    const { code, stderr } = await cancel(reference, '--reason', 'FRAUD', '--yes');
    await eventpro.healFaults();

    expect(code).toBe(3);
    expect(stderr).toContain('OUTCOME_UNKNOWN');
    expect(stderr).toContain(`npm run purchase -- find ${reference}`);
  });

  test('asks the person at the terminal: only yes cancels', async () => {
    const { purchaseId, reference } = await sold();
    const args = ['cancel', reference, '--local', run.url, '--reason', 'FRAUD'];

    const [no, ended, yes] = [await typed('n\n', args), await typed('\x04', args), await typed('y\n', args)];

    expect(no.output).toMatch(/Cancel it\? .*Nothing was changed/s);
    expect([no.code, ended.code, yes.code]).toEqual([1, 1, 0]);
    expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CANCELLED' });
  });

  test.each<[string, string[], number, RegExp]>([
    ['no reason', [], 2, /^--reason is missing: BUYER_REQUEST/],
    ['a reason that there is not', ['--reason', 'RAIN'], 2, /^There is no reason RAIN: /],
    ['nobody to agree', ['--reason', 'FRAUD'], 2, /^Nobody is at a terminal/],
    ['no amount', ['--reason', 'FRAUD', '--refund', 'all', '--yes'], 2, /no amount in EUR/],
    ['a fraction of a cent', ['--reason', 'FRAUD', '--refund', '1.005', '--yes'], 2, /no amount in EUR/],
    ['more than the price', ['--reason', 'FRAUD', '--refund', '240.01', '--yes'], 1, /^VALIDATION: .*price/],
    ['a refund of a dispute', ['--reason', 'DISPUTE', '--refund', '1', '--yes'], 2, /the bank has the money/],
    ['an option of find', ['--reason', 'FRAUD', '--buyer'], 2, /^--buyer is no option of cancel/],
  ])('%s: nothing is cancelled', async (_, options, code, message) => {
    const { purchaseId, reference } = await sold();

    const answer = await cancel(reference, ...options);

    expect(answer).toMatchObject({ code, stderr: expect.stringMatching(message) });
    expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CONFIRMED' });
  });

  test('a stage without the address of its API', async () => {
    const { reference } = await sold();

    expect(await purchase('cancel', reference, '--reason', 'FRAUD', '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^--api is missing/),
    });
  });

  /** What a person types at a terminal, which `script` of util-linux is. */
  function typed(input: string, args: string[]): Promise<{ code: number; output: string }> {
    return new Promise((resolve) => {
      const command = [process.execPath, programOf('purchase'), ...args].join(' ');
      const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: ROOT });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        const isAsked = !output.includes('[y/N]') && `${output}${String(chunk)}`.includes('[y/N]');
        output += String(chunk);
        if (isAsked) child.stdin.write(input);
      });
      child.once('close', (code) => resolve({ code: code!, output }));
    });
  }
});

test.each<[string, string[], number, RegExp]>([
  [
    'nobody’s reference',
    ['find', referenceOf(randomUUID())],
    1,
    /^There is no purchase, and no order, \w{10} in the stage dev\n$/,
  ],
  [
    'nobody’s hash',
    ['find', 'f'.repeat(64)],
    1,
    /^There is no purchase, and no order, f+ in the stage dev\n$/,
  ],
  ['an id', ['find', randomUUID()], 2, /^\S+ is no reference: it has 10 letters and digits, and no U\n$/],
  ['too short a reference', ['find', 'ABC'], 2, /^ABC is no reference/],
  ['no reference', ['find'], 2, /^The reference is missing\n\nUsage: /],
  ['no command', [], 2, /^The command is missing: find or cancel\n\nUsage: /],
  ['another command', ['lose', 'ABC'], 2, /^There is no command lose\n\nUsage: /],
  ['an option that there is not', ['find', 'ABC', '--everything'], 2, /'--everything'.*\n\nUsage: /s],
  ['a stage and a local run', ['find', 'ABC', '--stage', 'dev', '--local', 'x'], 2, /exclude each other/],
  [
    'a stage that is not there',
    ['find', referenceOf(randomUUID()), '--stage', 'none'],
    3,
    /^0 tables of region/,
  ],
  [
    'an address where nothing answers',
    ['find', referenceOf(randomUUID()), '--local', 'http://127.0.0.1:9'],
    3,
    /^Nothing answers at http:\/\/127\.0\.0\.1:9/,
  ],
])('%s', async (_, options, code, text) => {
  const answer = await purchase(...options);

  expect(answer).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(text) });
});

test('the help says what is printed, what it takes, and the exit codes', async () => {
  const { code, stdout } = await purchase('--help');

  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: npm run purchase -- find REFERENCE/);
  expect(stdout).toMatch(/Exit codes: 0 found, or cancelled; 1 /);
});

test('whoever has a seat, an address or a payment finds the purchase by it, too', async () => {
  const buyer = { name: 'Ann', email: 'ann.lee@example.com' };
  const { purchaseId } = await eventpro.buy({ seats: ['A-5'], buyer });
  await eventpro.buy({ seats: ['A-6'] });
  const [payment] = await eventpro.payments(purchaseId);
  const by = (...options: string[]) => purchase('find', ...options, '--local', run.url, '--id');

  const found = [
    await by('--seat', 'A-5', '--event', 'demo'),
    await by('--email', 'ANN.LEE@example.com'),
    await by('--payment', payment!.paymentIntentId),
  ];

  expect(found.map(({ stdout }) => stdout)).toEqual(Array(3).fill(`${purchaseId}\n`));
  expect((await by('--payment', 'pi_nothing')).code).toBe(1);
});

test('whoever has an address or a payment finds the orders of extras by it, too', async () => {
  const buyer = { name: 'Ann', email: 'ann.orders@example.com' };
  const { body } = await eventpro.buy({ seats: ['A-7'], buyer });
  const { reference } = body as { reference: string };
  await eventpro.putExtras([{ extraId: 'programme', name: 'Programme', price: 500, stock: 3 }]);
  const { orderId } = await eventpro.order({ items: [{ extraId: 'programme', quantity: 1 }], buyer });
  const order = await eventpro.orderThatIs(orderId, 'CONFIRMED');
  const [payment] = await eventpro.paymentsOfOrder(orderId);
  const by = (...options: string[]) => purchase('find', ...options, '--local', run.url);

  const ofAddress = await by('--email', 'ANN.orders@example.com');
  const ofPayment = await by('--payment', payment!.paymentIntentId);

  expect(ofAddress.stdout).toMatch(new RegExp(`^Reference +${reference}$`, 'm'));
  expect(ofAddress.stdout).toMatch(new RegExp(`^Order +${order.reference}$`, 'm'));
  expect(ofPayment.stdout).toMatch(new RegExp(`^Order +${order.reference}\n`));
  expect(ofPayment.stdout).not.toContain(reference);
});

test.each([
  [['--seat', 'A-5'], '--event is missing'],
  [['--event', 'demo'], '--event goes with --seat'],
  [['--email', 'nobody'], '--email is no e-mail address'],
  [['--payment', 'ch_1'], 'ch_1 is no payment'],
  [['--email', 'a@example.com', '--payment', 'pi_1'], 'exclude each other'],
  [['0123456789', '--payment', 'pi_1'], 'exclude each other'],
])('find %j is refused with words', async (options, words) => {
  const { code, stderr } = await purchase('find', ...options);

  expect(code).toBe(2);
  expect(stderr).toContain(words);
});
