import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { openBrowser } from '../../harness/browser';
import { controlRoutes } from '../../local/control/control-routes';
import { type Cloud } from '../../local/core/cloud';
import { type HttpServer, listen } from '../../local/http/http-server';
import { PARTNERS } from '../../local/partners/plugin';
import { PLUGINS } from '../../local/plugins';
import { callAws, startTemplate } from '../local/template-cloud';
import { staticFiles } from '../../local/http/static-files';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';

const getAtt = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const rule = (Name: string, target: object) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    ...{ Name, EventBusName: { Ref: 'Bus' }, EventPattern: { source: ['shop'] } },
    Targets: [{ Id: 'Target', ...target }],
  },
});
const ApiKeyAuthParameters = { ApiKeyName: 'x-api-key', ApiKeyValue: 'key' };

const template = {
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop-bus' } },
  Queue: { Type: 'AWS::SQS::Queue' },
  Connection: {
    Type: 'AWS::Events::Connection',
    Properties: { AuthorizationType: 'API_KEY', AuthParameters: { ApiKeyAuthParameters } },
  },
  Destination: {
    Type: 'AWS::Events::ApiDestination',
    Properties: {
      ...{ ConnectionArn: getAtt('Connection'), HttpMethod: 'POST' },
      InvocationEndpoint: 'https://print.example.com/tickets',
    },
  },
  Queued: rule('Queued', { Arn: getAtt('Queue') }),
  Printed: rule('Printed', { Arn: getAtt('Destination') }),
};

describeInBrowser('the console of events', () => {
  let cloud: Cloud;
  let http: HttpServer;
  let browser: Browser;
  let page: Page;
  const mistakes: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => mistakes.push(String(error)));
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  });
  beforeEach(async () => {
    cloud = await startTemplate(template, PLUGINS);
    http = await listen(0);
    const web = join(__dirname, '..', '..', 'web');
    http.serve([controlRoutes(cloud, () => cloud.reset()), staticFiles(web, () => ({}))]);
  });
  afterEach(() => http.close());
  afterAll(() => browser?.close());

  test('shows an event, who got it, what failed, and sends it once more', async () => {
    cloud.get(PARTNERS).partners.setMode('print.example.com', { status: 400 });
    await page.goto(`${http.url}/console/#/events`);
    await page.getByText('No event yet.').waitFor();

    const Entries = [
      { EventBusName: 'shop-bus', Source: 'shop', DetailType: 'Sold', Detail: '{"reference":"R1"}' },
    ];
    await callAws(cloud, { service: 'events', target: 'AWSEvents.PutEvents', body: { Entries } });
    await page.getByText('Printed failed').waitFor();
    await page.getByText('Queued delivered').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('link', { name: 'Sold' }).click();
    await page.locator('tr[data-rule="Printed"]').getByText('The endpoint answered 400').waitFor();

    cloud.get(PARTNERS).partners.setMode('print.example.com', {});
    await page.getByRole('button', { name: 'Replay to Printed' }).click();
    const replayed = page.locator('section[aria-label="Deliveries of replay 1"]');
    await replayed.locator('tr[data-rule="Printed"]').getByText('delivered').waitFor();

    await expectShown(replayed.locator('tbody tr')).toHaveCount(1);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByText('POST /tickets').first().waitFor();
    expect(mistakes).toEqual([]);
  });

  test('shows what is scheduled, when, and with what', async () => {
    await page.goto(`${http.url}/console/#/schedules`);

    await callAws(cloud, {
      ...{ service: 'scheduler', path: '/schedules/reminder-1' },
      body: {
        ...{ ScheduleExpression: 'at(2030-01-15T09:00:00)', ScheduleExpressionTimezone: 'Europe/Berlin' },
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: 'arn:aws:lambda:us-east-1:000000000000:function:Remind',
          ...{ RoleArn: 'arn:aws:iam::000000000000:role/x', Input: '{"reference":"R1"}' },
        },
      },
    });

    await page.locator('tr[data-schedule="reminder-1"]').getByText('Europe/Berlin').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(mistakes).toEqual([]);
  });
});
