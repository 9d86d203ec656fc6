import { API_GATEWAY } from './api-gateway/plugin';
import { DURABLE_FUNCTIONS } from './durable-functions/plugin';
import { DYNAMODB } from './dynamodb/plugin';
import { EVENTBRIDGE } from './eventbridge/plugin';
import { FIREHOSE } from './firehose/plugin';
import { IAM } from './iam/plugin';
import { INBOX } from './inbox/plugin';
import { LAMBDA } from './lambda/plugin';
import { PARTNERS } from './partners/plugin';
import { PIPES } from './pipes/plugin';
import { S3 } from './s3/plugin';
import { SCHEDULER } from './scheduler/plugin';
import { SECRETS_MANAGER } from './secrets-manager/plugin';
import { SES } from './ses/plugin';
import { SNS } from './sns/plugin';
import { SQS } from './sqs/plugin';
import { STEP_FUNCTIONS } from './step-functions/plugin';
import { STRIPE } from './stripe/plugin';
import { WAF } from './waf/plugin';
import { WITHOUT_EFFECT } from './without-effect/plugin';

/** Every emulated service. Each starts after those it needs; beyond that, the order is only the one in which routes are listed. */
export const PLUGINS = [
  STEP_FUNCTIONS,
  API_GATEWAY,
  IAM,
  LAMBDA,
  DURABLE_FUNCTIONS,
  DYNAMODB,
  EVENTBRIDGE,
  PARTNERS,
  FIREHOSE,
  PIPES,
  S3,
  SQS,
  SNS,
  SES,
  INBOX,
  SECRETS_MANAGER,
  SCHEDULER,
  WAF,
  STRIPE,
  WITHOUT_EFFECT,
];
