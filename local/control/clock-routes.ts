import { type LocalClock } from '../core/clock';
import { BadRequest, bodyOf, json, type Routes } from '../http/route';

/** Seconds the clock may be moved at once: ten years. Beyond it dates stop making sense. */
const MAX_ADVANCE = 315_360_000;

/** The time of the local run, and its fast-forward. */
export function clockRoutes(clock: LocalClock): Routes {
  return {
    'GET /local/clock': () => json(200, timeOf(clock)),

    'POST /local/clock': (_, request) => {
      const { advanceSeconds } = bodyOf<{ advanceSeconds: unknown }>(request);
      if (typeof advanceSeconds !== 'number' || !(advanceSeconds >= 0 && advanceSeconds <= MAX_ADVANCE)) {
        throw new BadRequest(`advanceSeconds must be a number from 0 to ${MAX_ADVANCE}.`);
      }
      clock.advance(advanceSeconds);
      return json(200, timeOf(clock));
    },
  };
}

/** The time as the routes tell it: ISO 8601, by the local clock. */
export function timeOf(clock: LocalClock): { now: string } {
  return { now: new Date(clock.now()).toISOString() };
}
