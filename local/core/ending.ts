import { setMaxListeners } from 'node:events';

/** The end of a service, for which everything that is under way in it listens: Node.js would warn of a leak at the eleventh. */
export function endingOfMany(): AbortController {
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  return ending;
}
