import { join } from 'node:path';
import { definePlugin } from '../core/plugin';
import { s3Types } from './resource-types';
import { createS3Service } from './s3-service';

export const S3 = definePlugin({
  name: 's3',
  start({ clock, storage }) {
    const service = createS3Service({ clock, directory: join(storage.directory, 's3') });
    return {
      service,
      resourceTypes: s3Types(service),
      endpoint: service,
      records: { objects: (mentioned) => service.objectsMentioning(mentioned) },
      reset: () => service.reset(),
    };
  },
});
