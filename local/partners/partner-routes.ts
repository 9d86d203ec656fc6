import { BadRequest, bodyOf, json, limitOf, NO_CONTENT, type Routes } from '../http/route';
import { type PartnerMode, type Partners } from './partners';

const LIMITS: Readonly<Record<keyof PartnerMode, readonly [number, number]>> = {
  status: [200, 599],
  seconds: [0, 60],
  retryAfter: [0, 86_400],
  times: [1, 10_000],
};

/** What the partners were told, and how they answer. */
export function partnerRoutes(partners: Partners): Routes {
  return {
    'GET /local/partners': (_, request) => json(200, { partners: partners.list(limitOf(request)) }),
    'PUT /local/partners/*': ([name = ''], request) => {
      if (!partners.has(name)) return undefined;
      const mode = modeOf(bodyOf<PartnerMode>(request));
      partners.setMode(name, mode);
      return json(200, mode);
    },
    'DELETE /local/partners/*': ([name = '']) => {
      if (!partners.has(name)) return undefined;
      partners.setMode(name, {});
      return NO_CONTENT;
    },
  };
}

function modeOf(mode: Partial<Record<string, unknown>>): PartnerMode {
  for (const [name, value] of Object.entries(mode)) {
    if (!Object.hasOwn(LIMITS, name))
      throw new BadRequest(`There is no ${name}: it takes ${Object.keys(LIMITS).join(', ')}.`);
    const [least, most] = LIMITS[name as keyof PartnerMode];
    const whole = name === 'seconds' ? typeof value === 'number' : Number.isInteger(value);
    if (!whole || (value as number) < least || (value as number) > most)
      throw new BadRequest(`${name} must be a number from ${least} to ${most}.`);
  }
  return mode;
}
