import { definePlugin } from '../core/plugin';
import { Inbox } from './inbox';
import { inboxRoutes } from './inbox-routes';

/** No service of AWS: where the services deliver what would leave it. */
export const INBOX = definePlugin({
  name: 'inbox',
  start({ clock, storage, tell }) {
    const service = new Inbox({ clock, journalFile: storage.journalFile('inbox') });
    service.onMessage((message) => tell('inbox', () => message));
    return { service, routes: inboxRoutes(service), reset: () => service.clear() };
  },
});
