/** Milliseconds of script between two frames: who taps meanwhile hardly notices. */
const SHARE = 30;

/**
 * For work that takes longer than anybody would wait: asked before each part of it, waits for the next frame when this one has
 * had its share, and the first time. A page that nobody sees has no frames: there it waits until it is seen.
 *
 * @param {() => Promise<void>} [nextFrame]
 * @returns {() => Promise<void>}
 */
export function frameByFrame(nextFrame = frameShown) {
  let until = -Infinity;
  return async () => {
    if (performance.now() < until) return;
    await nextFrame();
    until = performance.now() + SHARE;
  };
}

/** @returns {Promise<void>} */
function frameShown() {
  // What runs before a frame holds it up; what comes after has it on the screen.
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}
