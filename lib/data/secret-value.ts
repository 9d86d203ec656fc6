import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** Read the secret's value. Not `grantRead`, which lets its grantee describe the secret as well. */
export function grantSecretValue(secret: ISecret, grantee: IGrantable): Grant {
  return Grant.addToPrincipal({
    grantee,
    actions: ['secretsmanager:GetSecretValue'],
    resourceArns: [secret.secretArn],
  });
}
