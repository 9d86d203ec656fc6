import { LOCAL_REGION } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { type ResourceType } from '../cloudformation/resource-type';
import { withoutEffect } from '../cloudformation/without-effect';
import { type S3Service } from './s3-service';

export function s3Types(s3: S3Service): Record<string, ResourceType> {
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
    'AWS::S3::BucketPolicy': withoutEffect(['Bucket', 'PolicyDocument']),
    // Of CDK: what is thrown away when the process ends needs no emptying.
    'Custom::S3AutoDeleteObjects': withoutEffect(['BucketName', 'ServiceToken']),
  };
}
