import { type Cloud } from '../core/cloud';
import { json, type Routes } from '../http/route';

/** What a tool outside needs to work with a local run as with a deployed stack. */
export interface LocalDeployment {
  /** As `cdk deploy --outputs-file` writes them: by stack name and output name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Base URLs. `aws` is the endpoint that the services share; the others have a server of their own. */
  readonly endpoints: Readonly<Record<string, string>>;
}

/** The stacks' outputs, and where the services are. */
export function deploymentRoute({ outputs, urls }: Cloud): Routes {
  return {
    'GET /local/deployment': () => {
      const deployment: LocalDeployment = { outputs: Object.fromEntries(outputs), endpoints: urls };
      return json(200, deployment);
    },
  };
}
