/**
 * When to look at the seats again. Many buyers watch one hall, so looks are spread at random. They are rarer while the
 * buyer does nothing, rarer still when the server has trouble, and stop in a hidden tab.
 */

/** Milliseconds. */
const INTERVAL = 4_000;
const IDLE_INTERVAL = 15_000;
const IDLE_AFTER = 60_000;
const MAX_INTERVAL = 60_000;

/**
 * @param {object} state
 * @param {number} state.failures looks in a row that brought nothing
 * @param {number} state.idleFor milliseconds since the buyer did something
 * @param {number} [state.random] 0 to 1
 * @returns {number} milliseconds until the next look
 */
export function nextLook({ failures, idleFor, random = Math.random() }) {
  const usual = idleFor < IDLE_AFTER ? INTERVAL : IDLE_INTERVAL;
  return Math.min(usual * 2 ** failures, MAX_INTERVAL) * (0.8 + 0.4 * random);
}

/**
 * @param {() => Promise<boolean>} look says whether it brought something
 * @param {AbortSignal} [signal] ends it
 */
export function watchSeats(look, signal) {
  let failures = 0;
  let activeAt = Date.now();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const schedule = () => {
    clearTimeout(timer);
    const wait = nextLook({ failures, idleFor: Date.now() - activeAt });
    if (!document.hidden && !signal?.aborted) timer = setTimeout(() => void lookNow(), wait);
  };
  const lookNow = async () => {
    failures = (await look()) ? 0 : failures + 1;
    schedule();
  };
  const onInput = () => {
    const wasIdle = Date.now() - activeAt > IDLE_AFTER;
    activeAt = Date.now();
    if (wasIdle) schedule();
  };
  const options = { ...(signal && { signal }) };
  for (const type of ['pointerdown', 'keydown']) {
    addEventListener(type, onInput, { ...options, passive: true });
  }
  addEventListener('online', () => void lookNow(), options);
  const onVisibility = () => {
    if (document.hidden) clearTimeout(timer);
    else void lookNow();
  };
  document.addEventListener('visibilitychange', onVisibility, options);
  signal?.addEventListener('abort', () => clearTimeout(timer));
  schedule();
}
