import { AwsError, errorResponse } from '../aws/aws-error';
import { type AwsRequest, type AwsResponse, type AwsService, UnsupportedLocally } from '../aws/aws-service';

/** A service whose actions an `AWS` integration can call. @throws UnsupportedLocally for one that speaks no AWS JSON, or is not here */
export function callableService(
  signingName: string,
  find: (signingName: string) => AwsService | undefined,
): AwsService {
  const service = find(signingName);
  if (service?.targetPrefix) return service;
  throw new UnsupportedLocally(`An integration of API Gateway with the service ${signingName}`);
}

/** Calls an action as API Gateway does: the body as it is, in the wire protocol of the service. A refusal is an answer. */
export async function callAction(service: AwsService, action: string, body: string): Promise<AwsResponse> {
  const request: AwsRequest = {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${service.targetPrefix}.${action}`,
    },
    body: Buffer.from(body),
  };
  try {
    return await service.handle(request);
  } catch (error) {
    if (error instanceof AwsError) return errorResponse(request, service.signingName, error);
    throw error;
  }
}
