import { LOCAL_ACCOUNT, LOCAL_REGION, UnsupportedLocally } from '../aws/aws-service';
import { type RestApiDefinition } from '../api-gateway/rest-api-definition';
import { physicalName } from '../cloudformation/physical-name';
import { type ResourceType } from '../cloudformation/resource-type';
import { WebAcl, type WebAclProperties } from './web-acl';

/** @param webAcls gets each web ACL that is created, by its ARN */
export function wafTypes(
  webAcls: Map<string, WebAcl>,
  restApis: ReadonlyMap<string, RestApiDefinition>,
): Record<string, ResourceType> {
  return {
    'AWS::WAFv2::WebACL': {
      properties: ['DefaultAction', 'Rules', 'Scope'],
      withoutLocalEffect: ['Description', 'Name', 'Tags', 'VisibilityConfig'],
      create(request) {
        const { Scope } = request.properties;
        if (Scope !== 'REGIONAL') throw new UnsupportedLocally(`The Scope ${Scope} of AWS::WAFv2::WebACL`);
        const name = physicalName(request, 128);
        const arn = `arn:aws:wafv2:${LOCAL_REGION}:${LOCAL_ACCOUNT}:regional/webacl/${name}/local`;
        webAcls.set(arn, new WebAcl(request.properties as WebAclProperties));
        return { ref: `${name}|local|REGIONAL`, attributes: { Arn: arn, Id: 'local' } };
      },
    },
    'AWS::WAFv2::WebACLAssociation': {
      properties: ['ResourceArn', 'WebACLArn'],
      create(request) {
        const { ResourceArn, WebACLArn } = request.properties;
        const [, apiId] =
          /:apigateway:[^:]*::\/restapis\/([^/]+)\/stages\/[^/]+$/.exec(ResourceArn as string) ?? [];
        const api = restApis.get(apiId ?? '');
        if (!api) throw new UnsupportedLocally(`A web ACL before ${ResourceArn}`);
        const webAcl = webAcls.get(WebACLArn as string);
        if (!webAcl) throw new UnsupportedLocally(`The web ACL ${WebACLArn}`);
        api.webAcl = webAcl;
        return { ref: `${WebACLArn}|${ResourceArn}` };
      },
    },
  };
}
