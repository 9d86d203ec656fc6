import { LOCAL_ACCOUNT, LOCAL_REGION, UnsupportedLocally } from '../aws-service';
import { type ResourceType } from '../cloudformation/resource-type';
import { type Services } from '../services';
import { WebAcl, type WebAclProperties } from '../waf/web-acl';
import { physicalName } from './physical-name';

export function wafTypes({ restApis, webAcls }: Services): Record<string, ResourceType> {
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
        api.webAcl = webAcls.get(WebACLArn as string);
        return { ref: `${WebACLArn}|${ResourceArn}` };
      },
    },
  };
}
