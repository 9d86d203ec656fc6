import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { MIN_SECRET_LENGTH } from '../../lambda/ticket/ticket-key';
import { grantSecretValue } from './secret-value';

export interface TicketSecretProps {
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The secret that the key of the tickets is derived from: CloudFormation generates it. It is data:
 * without it no ticket sold before can be verified.
 */
export class TicketSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { removalPolicy }: TicketSecretProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Resource', {
      description: 'The seed of the key that signs tickets. docs/decisions/0007-signed-tickets.md',
      // A change of these would make CloudFormation generate the secret anew: a rotation.
      generateSecretString: { passwordLength: MIN_SECRET_LENGTH, excludePunctuation: true },
      removalPolicy,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Two keys verify, so rotating on a schedule would turn tickets into paper before their event: a person rotates, ' +
        'see docs/decisions/0007-signed-tickets.md',
    });
  }

  /** Sign tickets, or verify them. */
  grantUse(grantee: Function): void {
    grantSecretValue(this.secret, grantee);
    grantee.addEnvironment(ENVIRONMENT.ticketSecret, this.secret.secretArn);
  }
}
