import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { MIN_SECRET_LENGTH } from '../../lambda/ticket/ticket-key';
import { FunctionSecret, type FunctionSecretProps } from './function-secret';

/**
 * The secret that the key of the tickets is derived from: CloudFormation generates it. It is data:
 * without it no ticket sold before can be verified.
 */
export class TicketSecret extends FunctionSecret {
  constructor(scope: Construct, id: string, { removalPolicy }: Pick<FunctionSecretProps, 'removalPolicy'>) {
    super(scope, id, {
      description: 'The seed of the key that signs tickets. docs/decisions/0007-signed-tickets.md',
      // A change of these would make CloudFormation generate the secret anew: a rotation.
      generateSecretString: { passwordLength: MIN_SECRET_LENGTH, excludePunctuation: true },
      variable: ENVIRONMENT.ticketSecret,
      rotatedByHand:
        'Two keys verify, so rotating on a schedule would turn tickets into paper before their event: a person rotates, ' +
        'see docs/decisions/0007-signed-tickets.md',
      removalPolicy,
    });
  }

  /** Sign tickets, or verify them. */
  grantUse(grantee: Function): void {
    this.give(grantee);
  }
}
