import { ArnFormat, Stack, Stage } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';

/**
 * The order workflow has a name, as nothing else here has. What starts it is behind the API, in the stack that has the payment key, and
 * its steps need that key: by references the two stacks would wait for each other.
 */
export function orderWorkflowName(scope: Construct): string {
  return `${Stage.of(scope)!.stageName}-OrderWorkflow`;
}

/** Start executions of orders. */
export function grantStartOrder(grantee: Function): void {
  grant(grantee, 'states:StartExecution');
}

/** Wake executions of orders by their tokens. */
export function grantWakeOrder(grantee: Function): void {
  grant(grantee, 'states:SendTaskSuccess');
}

function grant(grantee: Function, action: string): void {
  const arn = Stack.of(grantee).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: orderWorkflowName(grantee),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [arn] });
  grantee.addEnvironment(ENVIRONMENT.orderStateMachine, arn);
}
