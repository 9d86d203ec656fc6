import { type Answer } from '../harness/eventpro-client';

const ATTEMPTS = 3;

/**
 * Puts what a run begins with. On a machine so busy that the function runs out of time while it is loaded, once more: the second time
 * it is loaded.
 *
 * @throws Error when it is refused
 */
export async function putAtStart(what: string, put: () => Promise<Answer>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { status, text } = await put();
    if (status < 300) return;
    if (status < 500 || attempt === ATTEMPTS) throw new Error(`The ${what} could not be put: ${text}`);
  }
}
