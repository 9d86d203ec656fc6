import { Duration, Validations } from 'aws-cdk-lib';
import { type Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  LambdaApplication,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
  TrafficRouting,
} from 'aws-cdk-lib/aws-codedeploy';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type Canary } from '../config';

const POLICY = 'AWSCodeDeployRoleForLambdaLimited';

/** Moves the aliases of functions to new versions by CodeDeploy: a canary first, and back if one of its alarms sounds. */
export class CanaryDeployments extends Construct {
  private readonly application: LambdaApplication;
  private readonly deploymentConfig: LambdaDeploymentConfig;
  private readonly role: Role;

  constructor(scope: Construct, id: string, { percent, minutes }: Canary) {
    super(scope, id);
    this.application = new LambdaApplication(this, 'Application');
    this.deploymentConfig = new LambdaDeploymentConfig(this, 'Canary', {
      trafficRouting: TrafficRouting.timeBasedCanary({
        percentage: percent,
        interval: Duration.minutes(minutes),
      }),
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(`service-role/${POLICY}`)],
    });
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${POLICY}]`,
      reason:
        'The policy AWS made for moving aliases, the narrower of its two: it publishes to no topic of ours',
    });
  }

  /** @param id the function's name */
  add(id: string, alias: Alias, alarms: Alarm[]): void {
    new LambdaDeploymentGroup(this, id, {
      application: this.application,
      deploymentConfig: this.deploymentConfig,
      role: this.role,
      alias,
      alarms,
    });
  }
}
