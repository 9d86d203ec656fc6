import { INBOX } from '../inbox/plugin';
import { definePlugin } from '../core/plugin';
import { SNS } from '../sns/plugin';
import { sesTypes } from './resource-types';
import { createSesService } from './ses-service';

/** Nothing to forget: what was sent is the inbox's, and what the templates made is kept. */
export const SES = definePlugin({
  name: 'ses',
  needs: { inbox: INBOX, sns: SNS },
  start({ clock }, { inbox, sns }) {
    const publish = (topicArn: string, message: string) => sns.publishMessage(topicArn, message);
    const service = createSesService({ clock, inbox, publish });
    return { service, resourceTypes: sesTypes(service), endpoint: service };
  },
});
