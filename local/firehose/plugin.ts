import { definePlugin } from '../core/plugin';
import { S3 } from '../s3/plugin';
import { DeliveryStreams } from './delivery-streams';
import { firehoseTypes } from './resource-types';

export const FIREHOSE = definePlugin({
  name: 'firehose',
  needs: { s3: S3 },
  start({ clock, storage, warn }, { s3 }) {
    const service = new DeliveryStreams(storage.journalFile('firehose'));
    return {
      service,
      resourceTypes: firehoseTypes(service, s3, { clock, warn }),
      endpoint: service,
      ready: () => service.resume(),
      pause: () => service.pause(),
      resume: () => service.resume(),
      reset: () => service.reset(),
      close: () => service.pause(),
    };
  },
});
