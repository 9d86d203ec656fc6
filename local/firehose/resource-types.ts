import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION, UnsupportedLocally } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { checkMembers, type ResourceType } from '../cloudformation/resource-type';
import { type LocalClock } from '../core/clock';
import { type S3Service } from '../s3/s3-service';
import { DeliveryStream, type DeliveryStreamSettings } from './delivery-stream';
import { type DeliveryStreams } from './delivery-streams';
import { checkErrorPrefix, objectPrefix } from './object-prefix';

const TYPE = 'AWS::KinesisFirehose::DeliveryStream';

interface Destination {
  readonly BucketARN: string;
  readonly BufferingHints?: { readonly IntervalInSeconds?: number; readonly SizeInMBs?: number };
  readonly CompressionFormat?: string;
  readonly CustomTimeZone?: string;
  readonly ErrorOutputPrefix?: string;
  readonly FileExtension?: string;
  readonly Prefix?: string;
  readonly ProcessingConfiguration?: {
    readonly Enabled?: boolean;
    readonly Processors?: readonly Processor[];
  };
  readonly S3BackupMode?: string;
}

interface Processor {
  readonly Type: string;
  readonly Parameters?: readonly { readonly ParameterName: string; readonly ParameterValue: string }[];
}

export function firehoseTypes(
  streams: DeliveryStreams,
  s3: S3Service,
  context: { readonly clock: LocalClock; readonly warn: (what: string, error?: unknown) => void },
): Record<string, ResourceType> {
  return {
    [TYPE]: {
      properties: ['DeliveryStreamName', 'DeliveryStreamType', 'ExtendedS3DestinationConfiguration'],
      withoutLocalEffect: ['DeliveryStreamEncryptionConfigurationInput', 'Tags'],
      create(request) {
        const { DeliveryStreamName, DeliveryStreamType: type = 'DirectPut' } = request.properties;
        const destination = request.properties.ExtendedS3DestinationConfiguration as Destination | undefined;
        if (type !== 'DirectPut') throw new UnsupportedLocally(`A delivery stream of the type ${type}`);
        if (!destination) throw new UnsupportedLocally('A delivery stream to anything but S3');
        const name = (DeliveryStreamName as string | undefined) ?? physicalName(request, 64);
        const arn = `arn:aws:firehose:${LOCAL_REGION}:${LOCAL_ACCOUNT}:deliverystream/${name}`;
        const stream = new DeliveryStream(
          { arn, name, ...destinationSettings(destination) },
          {
            ...context,
            put: (bucket, key, body, headers) => s3.putFromService(bucket, key, body, headers),
            buffered: (of, records) => streams.buffered(of, records),
            delivered: (of, ids) => streams.delivered(of, ids),
          },
          streams.keptOf(name),
        );
        streams.add(stream);
        return { ref: name, attributes: { Arn: arn } };
      },
    },
  };
}

function destinationSettings(destination: Destination): Omit<DeliveryStreamSettings, 'arn' | 'name'> {
  checkMembers(`${TYPE} ExtendedS3DestinationConfiguration`, destination, [
    ...['BucketARN', 'BufferingHints', 'CloudWatchLoggingOptions', 'CompressionFormat', 'CustomTimeZone'],
    ...['EncryptionConfiguration', 'ErrorOutputPrefix', 'FileExtension', 'Prefix', 'ProcessingConfiguration'],
    ...['RoleARN', 'S3BackupMode'],
  ]);
  const {
    BufferingHints = {},
    CompressionFormat: compression = 'UNCOMPRESSED',
    CustomTimeZone: timeZone = 'UTC',
  } = destination;
  const {
    ErrorOutputPrefix,
    FileExtension,
    Prefix = '',
    ProcessingConfiguration,
    S3BackupMode = 'Disabled',
  } = destination;
  if (S3BackupMode !== 'Disabled')
    throw new UnsupportedLocally(`The S3BackupMode ${S3BackupMode} of ${TYPE}`);
  if (compression !== 'UNCOMPRESSED' && compression !== 'GZIP')
    throw new UnsupportedLocally(`The CompressionFormat ${compression} of ${TYPE}`);
  checkErrorPrefix(Prefix, ErrorOutputPrefix);
  const gzip = compression === 'GZIP';
  return {
    ...{ gzip, timeZone, prefix: objectPrefix(Prefix, timeZone) },
    bucket: destination.BucketARN.split(':::')[1]!,
    fileExtension: FileExtension ?? (gzip ? '.gz' : ''),
    delimiter: delimiterOf(ProcessingConfiguration),
    intervalMs: within('IntervalInSeconds', BufferingHints.IntervalInSeconds ?? 300, 0, 900) * 1000,
    sizeBytes: within('SizeInMBs', BufferingHints.SizeInMBs ?? 5, 1, 128) * 1024 * 1024,
  };
}

/** Of all processors, the one that puts something behind each record. */
function delimiterOf({
  Enabled = false,
  Processors = [],
}: Destination['ProcessingConfiguration'] = {}): string {
  if (!Enabled) return '';
  return Processors.map(({ Type, Parameters = [] }) => {
    if (Type !== 'AppendDelimiterToRecord') throw new UnsupportedLocally(`The processor ${Type} of ${TYPE}`);
    const delimiter = Parameters.find(({ ParameterName }) => ParameterName === 'Delimiter')?.ParameterValue;
    return delimiter === undefined ? '\n' : delimiter.replace(/\\n/g, '\n');
  }).join('');
}

function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(Number(value)) && value >= least && value <= most) return Number(value);
  throw new AwsError(
    'InvalidArgumentException',
    `${name} must be a whole number from ${least} to ${most}, not ${value}`,
  );
}
