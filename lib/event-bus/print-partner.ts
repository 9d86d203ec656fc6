import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  ApiDestination,
  Authorization,
  Connection,
  EventField,
  RuleTargetInput,
} from 'aws-cdk-lib/aws-events';
import { ApiDestination as ApiDestinationTarget } from 'aws-cdk-lib/aws-events-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type PrintPartnerConfig } from '../config';

export interface PrintPartnerProps {
  readonly partner: PrintPartnerConfig;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The partner who prints tickets: an API destination, and the key that we call it with. CloudFormation generates the key; a person gives
 * it to the partner.
 *
 * The partner's answer counts: 2xx within five seconds. 401, 407, 409, 429 and 5xx are tried again, any other is not ("API destinations
 * as targets", read November 2026).
 */
export class PrintPartner extends Construct {
  readonly target: ApiDestinationTarget;

  constructor(scope: Construct, id: string, { partner, removalPolicy }: PrintPartnerProps) {
    super(scope, id);
    const key = new Secret(this, 'Key', {
      description: 'The key with which we call the print partner',
      removalPolicy,
      generateSecretString: { passwordLength: 40, excludePunctuation: true },
    });
    Validations.of(key).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The partner has to take a new key at the same moment: people agree on it',
    });
    const connection = new Connection(this, 'Connection', {
      description: 'The print partner, with the key of the secret',
      authorization: Authorization.apiKey('x-api-key', key.secretValue),
    });
    const destination = new ApiDestination(this, 'Destination', {
      connection,
      endpoint: partner.url,
      rateLimitPerSecond: partner.requestsPerSecond,
    });
    this.target = new ApiDestinationTarget(destination, {
      event: RuleTargetInput.fromObject({
        type: EventField.detailType,
        time: EventField.time,
        detail: EventField.fromPath('$.detail'),
      }),
    });
  }
}
