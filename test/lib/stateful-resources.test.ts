import { type Template } from 'aws-cdk-lib/assertions';
import { synthesizedStage } from '../support/synthesized-stage';

/**
 * What cannot be made anew: items, objects, secrets, messages, the people who have confirmed that they are on call, and keys
 * that something stored is encrypted with. Another logical id is another resource, an empty one: to CloudFormation the deployed
 * one is gone from the template. So an id here is never changed, whatever moves in the code.
 */
const STATEFUL = [
  ...['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret'],
  ...['AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::KMS::Key'],
];

const IDS = [
  // Of stages with a storefront.
  'checkout ApiOriginSecretBC5DA8DF',
  'checkout Disputes0A983179',
  'checkout EscalationsQueue8379236D',
  'checkout StripeKey2036890C',
  'checkout StripeSigningSecret038B1344',
  'data AccessLogBucketDA470295',
  'data AddressSecretC0988DE4',
  'data OrderTable3F0DC2E4',
  'data PurchaseTable211E7743',
  'data SalesBucket55EFA6BE',
  'data SalesCatalogResults0D27CEBA',
  'data SeatTable5E8CA889',
  'data TicketBucket848A2AC4',
  'data TicketSecret99176637',
  'event AppEventsDeadLetterQueueA1F7BF0E',
  'event AppEventsQueue5F2C5AE7',
  'event AppTopic4EF2A67F',
  'event EventMessagesDeadLetterQueue9073FE42',
  'event EventMessagesSchedulingDeadLetterQueueFA55A8E3',
  'event EventsDeadLetterQueueC3DB07E1',
  // Of stages with a print partner.
  'event PrintPartnerKey850A889D',
  'event PrintingDeadLetterQueue78E1E267',
  'event PurchasesDeadLetterQueueDFEB685D',
  'event SalesDeadLetterQueueD638FA52',
  'monitoring OnCallDACFD8E2',
  'monitoring OnCallKey6DF8E67A',
  'notification EmailChannelDeadLetterQueue14DDD737',
  'notification EmailChannelQueue6C8D5441',
  'notification MailFeedbackDeadLetterQueueF381A183',
  'notification MailFeedbackKey39751EAB',
  'notification MailFeedbackQueue01441538',
  'notification MailFeedbackTopic7A5EA358',
  'notification PushChannelDeadLetterQueue29478B62',
  'notification PushChannelQueue1D0C3C7F',
  'notification SmsChannelDeadLetterQueueA9809793',
  'notification SmsChannelQueue15193B26',
  'notification TicketConfirmationsF81E9568',
  'order MailDeadLetterQueueAD8628F2',
  'order MailQueueC8B8B9FB',
  'order OrderNotifications92D9B06A',
];

test.each([
  ['dev', IDS.filter((id) => !id.includes('OriginSecret'))],
  ['staging', IDS.filter((id) => !id.startsWith('event Print'))],
  ['prod', IDS.filter((id) => !id.startsWith('event Print'))],
] as const)('what %s stores keeps its logical ids', (stage, ids) => {
  const templates = Object.entries<Template>(synthesizedStage(stage)).filter(([stack]) => stack !== 'web');
  const found = templates.flatMap(([stack, template]) =>
    STATEFUL.flatMap((type) => Object.keys(template.findResources(type))).map((id) => `${stack} ${id}`),
  );

  expect(found.sort()).toEqual(ids);
});
