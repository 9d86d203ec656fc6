import { frameByFrame } from '../../web/frame-by-frame.js';

/** Work whose parts take these milliseconds; answers in which frame each part was done. */
async function framesOf(parts: readonly number[]): Promise<number[]> {
  let [now, frame] = [0, 0];
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  const nextFrame = frameByFrame(() => {
    frame++;
    now += 16;
    return Promise.resolve();
  });
  const frames: number[] = [];
  for (const part of parts) {
    await nextFrame();
    frames.push(frame);
    now += part;
  }
  return frames;
}

afterEach(() => jest.restoreAllMocks());

test('work begins when what is there already is shown, and goes on in the next frame when this one has had its share', async () => {
  expect(await framesOf([10, 10, 10, 10, 10])).toEqual([1, 1, 1, 2, 2]);
});

test('a part that takes longer than the share has a frame to itself', async () => {
  expect(await framesOf([100, 100, 1])).toEqual([1, 2, 3]);
});
