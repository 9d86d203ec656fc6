import { scriptMicroseconds } from '../../../bench/pages/script-timer';

const at = (name: string, tts: number, tdur: number, tid = 1) => ({
  ...{ name, tts, tdur, tid },
  ...{ ph: 'X', pid: 7, args: {} },
});
const MAIN_THREAD = { ...at('thread_name', 0, 0), ph: 'M', args: { name: 'CrRendererMain' } };

test('what follows an await is script, what runs within another script counts once, and no other thread counts', () => {
  const events = [
    at('RunMicrotasks', 100, 30),
    at('FunctionCall', 0, 50),
    at('RunMicrotasks', 40, 20),
    at('EvaluateScript', 10, 5),
    at('Layout', 200, 500),
    at('FunctionCall', 0, 1_000, 2),
    MAIN_THREAD,
  ];

  expect(scriptMicroseconds(events)).toBe(60 + 30);
});
