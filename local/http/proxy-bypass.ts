import http from 'node:http';

const THIS_MACHINE = ['127.0.0.1', 'localhost', '::1'];

/**
 * Makes this process reach its own machine directly. Where `NODE_USE_ENV_PROXY` is set, Node.js sends every request to the
 * proxy of the environment (`HTTP_PROXY`), whose 127.0.0.1 is another. `fetch` reads `NO_PROXY` for each request, as do the
 * processes that this one starts; the global agent read it when this one began, so there is a new one.
 */
export function bypassProxyOnThisMachine(): void {
  const { NO_PROXY = '', no_proxy: listed = NO_PROXY } = process.env;
  const hosts = new Set([...listed.split(/[\s,]+/).filter(Boolean), ...THIS_MACHINE]);
  process.env.NO_PROXY = process.env.no_proxy = [...hosts].join(',');
  http.globalAgent = new http.Agent({ keepAlive: true });
}
