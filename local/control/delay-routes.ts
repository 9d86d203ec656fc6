import { type Cloud } from '../core/cloud';
import { BadRequest, bodyOf, json, NO_CONTENT, type Routes } from '../http/route';

/** Services that do what they are asked and answer late. */
export function delayRoutes({ delays, signingNames }: Cloud): Routes {
  return {
    'GET /local/delays': () => json(200, delays.list()),

    'PUT /local/delays/*': ([service = ''], request) => {
      if (!signingNames.includes(service)) {
        throw new BadRequest(
          `${service} is no service that can be slow. There are: ${signingNames.join(', ')}`,
        );
      }
      const { seconds } = bodyOf<{ seconds: unknown }>(request);
      try {
        delays.set(service, seconds);
      } catch (error) {
        throw error instanceof RangeError ? new BadRequest(error.message) : error;
      }
      return json(200, { service, seconds });
    },

    'DELETE /local/delays/*': ([service = '']) => {
      delays.remove(service);
      return NO_CONTENT;
    },

    'DELETE /local/delays': () => {
      delays.reset();
      return NO_CONTENT;
    },
  };
}
