import { CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import { type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { methodsOf, type RoleName, ROLES, type RouteName, routeOf, ROUTES } from './routes';

/**
 * For each role of the signed routes a policy that lets its holder call these and no other. Whom it is attached to, the account
 * decides: users and roles are not the app's.
 */
export class RolePolicies extends Construct {
  constructor(scope: Construct, id: string, { restApi }: { readonly restApi: RestApi }) {
    super(scope, id);
    for (const [role, description] of Object.entries(ROLES) as [RoleName, string][]) {
      const name = `${role.charAt(0).toUpperCase()}${role.slice(1)}Policy`;
      const routes = signedRoutesOf(role);
      const stage = restApi.deploymentStage.stageName;
      // Without a description: another one would replace the policy, which CloudFormation cannot do while it is attached.
      const policy = new ManagedPolicy(this, name, {
        statements: [
          new PolicyStatement({
            actions: ['execute-api:Invoke'],
            resources: routes.map(({ method, path }) => restApi.arnForExecuteApi(method, path, stage)),
          }),
        ],
      });
      acknowledgeParameters(policy, routes, [restApi.restApiId, stage]);
      new CfnOutput(Stack.of(this), `${name}Arn`, { value: policy.managedPolicyArn, description });
    }
  }
}

/** The routes that a role may call, with `*` for each parameter of a path: it stands for slashes, too. */
export function signedRoutesOf(role: RoleName): { readonly method: string; readonly path: string }[] {
  return (Object.keys(ROUTES) as RouteName[])
    .map(routeOf)
    .filter(({ signed = [] }) => (signed as readonly RoleName[]).includes(role))
    .flatMap(({ method, path }) =>
      methodsOf(method).map((each) => ({ method: each, path: path.replaceAll(/\{\w+\}/g, '*') })),
    );
}

function acknowledgeParameters(
  policy: ManagedPolicy,
  routes: ReturnType<typeof signedRoutesOf>,
  api: readonly string[],
): void {
  const [apiId, stage] = api.map((token) => (Stack.of(policy).resolve(token) as { Ref: string }).Ref);
  for (const { method, path } of routes.filter((route) => route.path.includes('*'))) {
    const arn = `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${apiId}>/<${stage}>/${method}${path}`;
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${arn}]`,
      reason: 'The ids of events and purchases are not known before: a parameter of a path may be any text',
    });
  }
}
