import { API_GATEWAY } from '../api-gateway/plugin';
import { definePlugin } from '../core/plugin';
import { wafTypes } from './resource-types';
import { type WebAcl } from './web-acl';

export const WAF = definePlugin({
  name: 'waf',
  needs: { apiGateway: API_GATEWAY },
  start(_, { apiGateway }) {
    const webAcls = new Map<string, WebAcl>();
    return {
      service: undefined,
      resourceTypes: wafTypes(webAcls, apiGateway.restApis),
      reset() {
        for (const webAcl of webAcls.values()) webAcl.reset();
      },
    };
  },
});
