import { definePlugin } from '../core/plugin';
import { listen } from '../http/http-server';
import { partnerRoutes } from './partner-routes';
import { Partners } from './partners';

export interface PartnersService {
  readonly partners: Partners;
  /** Where the stand-in of this address listens. */
  standIn(address: URL): string;
}

/** No service of AWS: whom API destinations call. They listen at an address of their own, each below its host's name. */
export const PARTNERS = definePlugin({
  name: 'partners',
  async start({ clock, storage, tell, warn }) {
    const partners = new Partners(clock, storage.journalFile('partners'), () => tell('partners', () => ({})));
    const server = await listen(0, (message) => warn(message));
    server.serve([
      (request) => {
        const [, host = '', path = ''] = /^\/([^/]*)(.*)$/s.exec(request.path)!;
        return partners.answer(decodeURIComponent(host), path || '/', request);
      },
    ]);
    const service: PartnersService = {
      partners,
      standIn: ({ host, pathname, search }) =>
        `${server.url}/${encodeURIComponent(host)}${pathname}${search}`,
    };
    return {
      service,
      routes: partnerRoutes(partners),
      reset: () => partners.reset(),
      close: () => server.close(),
    };
  },
});
