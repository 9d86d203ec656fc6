import { LOCAL_ACCOUNT, LOCAL_CREDENTIALS, LOCAL_REGION } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { definePlugin } from '../core/plugin';
import { json } from '../http/route';
import { type ManagedPolicy, managedPolicy } from './managed-policy';

/** What CDK puts behind the id of a construct. */
const HASH = /[0-9A-F]{8}$/;

/**
 * For each managed policy of the templates there is a user whom it is attached to, and no other: the access key is the policy's
 * logical id without its hash, the secret that of the local run. What functions and workflows may do is not played.
 */
export const IAM = definePlugin({
  name: 'iam',
  start() {
    const policies = new Map<string, ManagedPolicy>();
    return {
      service: {
        /** The policy of the user with this access key; undefined when there is no such user. */
        policyOf: (accessKeyId: string) => policies.get(accessKeyId),
      },
      routes: {
        // What a page would get after a login.
        'GET /local/credentials/*': ([accessKeyId = '']) =>
          policies.has(accessKeyId)
            ? json(200, { ...LOCAL_CREDENTIALS, accessKeyId, region: LOCAL_REGION })
            : undefined,
      },
      resourceTypes: {
        'AWS::IAM::ManagedPolicy': {
          properties: ['PolicyDocument'],
          withoutLocalEffect: ['Description', 'Path'],
          create(request) {
            const document = request.properties.PolicyDocument as Parameters<typeof managedPolicy>[0];
            policies.set(request.logicalId.replace(HASH, ''), managedPolicy(document));
            return { ref: `arn:aws:iam::${LOCAL_ACCOUNT}:policy/${physicalName(request, 128)}` };
          },
        },
      },
    };
  },
});
