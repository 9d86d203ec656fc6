import { type AwsRequest } from '../aws/aws-service';

/** The request's media type without parameters such as `charset`; API Gateway takes JSON where none is named. */
export function mediaTypeOf({ headers }: AwsRequest): string {
  return headers['content-type']?.split(';')[0]!.trim().toLowerCase() || 'application/json';
}
