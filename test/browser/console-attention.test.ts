import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { referenceOf } from '../../lambda/shared/reference';
import { REDRIVE_TAG } from '../../lib/notification/redrive-tag';
import { LOCAL_ACCOUNT, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { useLocalRun } from '../support/local-run';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';
import { useConsole } from './use-console';

/** Of one look to the next, on a machine with other work. */
const PATIENCE = { timeout: 60_000 };

describeInBrowser('what needs attention, in the console', () => {
  const eventpro = useLocalRun();
  const shown = useConsole(eventpro);

  test('is nothing, then a sale whose refund fails and its escalation, until recovery has mended them', async () => {
    await shown.open('attention');
    await page().getByText('Nothing. Every purchase is settled').waitFor(PATIENCE);
    for (const state of ['RefundPayment', 'GenerateTicket']) {
      await eventpro.setFault(state, { mode: 'fail-before' });
    }
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });

    await matter('owed')
      .getByText('It is not undone yet. €120.00 was taken: €120.00 is owed to the buyer.')
      .waitFor(PATIENCE);
    await matter('owed').getByText('Tried again at').waitFor();
    await matter('escalation').getByText('RefundPayment failed for good').waitFor();
    await page().getByRole('link', { name: 'Attention 2' }).waitFor();
    expect(await shown.problems()).toEqual([]);
    // The headline of the execution says what is not undone.
    await shown.open('executions');
    const row = page().getByRole('list', { name: 'Executions' }).getByText('payment not undone');
    await row.first().waitFor();
    await shown.open('attention');

    await eventpro.request('DELETE', '/local/faults');
    await matter('owed').getByRole('button', { name: 'Make it now' }).click();

    await matter('owed').waitFor({ state: 'detached', ...PATIENCE });
    await matter('escalation').getByText('Mended since: it is failed.').waitFor(PATIENCE);
    await matter('escalation')
      .getByRole('link', { name: referenceOf(purchaseId) })
      .click();
    await page()
      .getByRole('heading', { name: `Purchase ${referenceOf(purchaseId)}` })
      .waitFor();
    await page()
      .locator('.money', { hasText: '€120.00 was taken and given back: nothing is owed.' })
      .waitFor();
    await shown.open('executions');
    await page().getByText('mended by recovery: payment undone · seats released').waitFor();

    await shown.open('queues');
    await page()
      .getByRole('link', { name: referenceOf(purchaseId) })
      .waitFor();
    expect(await shown.problems()).toEqual([]);
    await page()
      .getByRole('button', { name: /^Redrive .*Escalations/ })
      .press('Enter');

    await page().getByText('recovery started').waitFor(PATIENCE);
    await page().getByRole('link', { name: 'Attention', exact: true }).click();
    await page().getByText('Nothing. Every purchase is settled').waitFor(PATIENCE);
  });

  test('are dead letters, which are read, and go back to their queue', async () => {
    const { body } = await eventpro.request<{
      queues: { name: string; tags: Record<string, string> }[];
    }>('GET', '/local/queues');
    const letters = body.queues.find(({ tags }) => tags[REDRIVE_TAG] === 'EventPro-dev/email')!;
    await send(letters.name, '{"Message":"unreadable"}');
    await shown.open('attention');

    await matter('dead letters').getByText('1 message given up').waitFor(PATIENCE);
    await matter('dead letters').getByRole('link').click();
    await page().locator('summary', { hasText: 'Message' }).click();
    await expectShown(page().getByRole('region', { name: /^Message / })).toContainText('unreadable');
    expect(await shown.problems()).toEqual([]);
    await page()
      .getByRole('button', { name: /^Redrive/ })
      .click();

    await page().getByText('COMPLETED: 1 messages moved').waitFor(PATIENCE);
    await page().getByText('empty', { exact: true }).waitFor(PATIENCE);
  });

  const page = () => shown.page;
  const matter = (kind: string) => page().locator(`.matters [data-kind="${kind}"]`);

  async function send(queue: string, MessageBody: string): Promise<void> {
    const { body } = await eventpro.request<{ endpoints: { aws: string } }>('GET', '/local/deployment');
    const endpoint = body.endpoints.aws;
    const sqs = new SQSClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
    await sqs.send(
      new SendMessageCommand({ QueueUrl: `${endpoint}/${LOCAL_ACCOUNT}/${queue}`, MessageBody }),
    );
    sqs.destroy();
  }
});
