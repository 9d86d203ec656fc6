import { LOCAL_REGION } from '../aws-service';
import { type ResourceType } from '../cloudformation/resource-type';
import { type Services } from '../services';
import { physicalName } from './physical-name';

export function s3Types({ s3 }: Services): Record<string, ResourceType> {
  return {
    'AWS::S3::Bucket': {
      properties: ['VersioningConfiguration'],
      withoutLocalEffect: [
        'BucketEncryption',
        'LifecycleConfiguration',
        'LoggingConfiguration',
        'OwnershipControls',
        'PublicAccessBlockConfiguration',
        'Tags',
      ],
      create(request) {
        const name = physicalName(request, 63).toLowerCase();
        const versioning = request.properties.VersioningConfiguration as { Status?: string } | undefined;
        s3.createBucket(name, { versioned: versioning?.Status === 'Enabled' });
        return {
          ref: name,
          attributes: {
            Arn: `arn:aws:s3:::${name}`,
            DomainName: `${name}.s3.amazonaws.com`,
            RegionalDomainName: `${name}.s3.${LOCAL_REGION}.amazonaws.com`,
          },
        };
      },
    },
  };
}
