import { type ResourceType } from '../cloudformation/resource-type';
import { type Services } from '../services';
import { apiGatewayTypes } from './api-gateway';
import { dynamoDbTypes } from './dynamodb';
import { lambdaTypes } from './lambda';
import { messagingTypes } from './messaging';
import { s3Types } from './s3';
import { schedulerTypes } from './scheduler';
import { secretsManagerTypes } from './secrets-manager';
import { sesTypes } from './ses';
import { stepFunctionsTypes } from './step-functions';
import { wafTypes } from './waf';
import { TYPES_WITHOUT_LOCAL_EFFECT } from './without-local-effect';

/** Every CloudFormation resource type the local run knows. */
export function resourceTypes(services: Services): Readonly<Record<string, ResourceType>> {
  return {
    ...apiGatewayTypes(services),
    ...dynamoDbTypes(services),
    ...lambdaTypes(services),
    ...messagingTypes(services),
    ...s3Types(services),
    ...schedulerTypes(services),
    ...secretsManagerTypes(services),
    ...sesTypes(services),
    ...stepFunctionsTypes(services),
    ...wafTypes(services),
    ...TYPES_WITHOUT_LOCAL_EFFECT,
  };
}
