import { Validations } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Secret, type SecretProps } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface FunctionSecretProps extends Pick<SecretProps, 'description' | 'generateSecretString'> {
  readonly removalPolicy: NonNullable<SecretProps['removalPolicy']>;
  /** Variable of a function that says where the secret is. */
  readonly variable: string;
  /** Why a person rotates it, and no schedule does. */
  readonly rotatedByHand: string;
}

/** A secret that functions read. */
export abstract class FunctionSecret extends Construct {
  readonly secret: Secret;
  private readonly variable: string;

  constructor(scope: Construct, id: string, { variable, rotatedByHand, ...props }: FunctionSecretProps) {
    super(scope, id);
    this.variable = variable;
    this.secret = new Secret(this, 'Resource', props);
    Validations.of(this).acknowledge({ id: 'AwsSolutions-SMG4', reason: rotatedByHand });
  }

  /** Lets a function read its value, and tells it where it is. Not `grantRead`, by which it might describe the secret as well. */
  protected give(grantee: Function): void {
    const { secretArn } = this.secret;
    Grant.addToPrincipal({
      ...{ grantee, actions: ['secretsmanager:GetSecretValue'], resourceArns: [secretArn] },
    });
    grantee.addEnvironment(this.variable, secretArn);
  }
}
