import { handlerMs, layersOf } from '../../../bench/checkout/layers';
import { type WireCall } from '../../../bench/observe/wire-call';

const call = (service: string, startedAt: number, serviceMs: number, endedAt: number): WireCall => ({
  ...{ service, operation: 'any', startedAt, endedAt, serviceMs },
  ...{ readUnits: 0, writeUnits: 0, writeUnitsByTable: {} },
});

test('a function waits for the longest of the calls it makes at once', () => {
  const calls = [call('s3', 12, 5, 18), call('dynamodb', 12, 1, 14), call('dynamodb', 20, 2, 22)];

  expect(handlerMs({ startedAt: 10, endedAt: 24, calls })).toBe(14 - 6 - 2);
});

test('every millisecond of a purchase is in one layer', () => {
  const reserve = {
    ...{ function: 'ReserveSeat' as const, startedAt: 2, endedAt: 8, cpuMs: 1, logLines: [] },
    calls: [call('dynamodb', 3, 2, 5.5)],
  };
  const pay = {
    ...{ function: 'ProcessPayment' as const, startedAt: 9, endedAt: 14, cpuMs: 1, logLines: [] },
    calls: [call('stripe', 10, 3, 13.25)],
  };

  const { All, ...layers } = layersOf(21, { executionMs: 15, observerMs: 1, steps: [reserve, pay] }, 0.5);

  expect(layers).toMatchObject({
    'HTTP and mapping templates': 5,
    Interpreter: 4,
    'Invoking (threads, messages)': 1,
    'Handler ReserveSeat': 3,
    'Handler ProcessPayment': 1.25,
    'DynamoDB engine': 2,
    'Stripe server': 3,
    'The recorder itself': 1.75,
  });
  expect(Object.values(layers).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(21);
  expect(All).toBe(21);
});
