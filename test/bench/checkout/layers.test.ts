import { layersOf } from '../../../bench/checkout/layers';
import { type WireCall } from '../../../bench/observe/wire-call';

test('every millisecond of a purchase is in one layer', () => {
  const call = (service: string, startedAt: number, serviceMs: number, endedAt: number): WireCall => ({
    ...{ service, operation: 'any', startedAt, endedAt, serviceMs },
    ...{ readUnits: 0, writeUnits: 0, writeUnitsByTable: {} },
  });
  const reserve = {
    ...{ function: 'ReserveSeat' as const, startedAt: 2, endedAt: 8, logLines: [] },
    calls: [call('dynamodb', 3, 2, 5.5)],
  };
  const pay = {
    ...{ function: 'ProcessPayment' as const, startedAt: 9, endedAt: 14, logLines: [] },
    calls: [call('stripe', 10, 3, 13.25)],
  };

  const { All, ...layers } = layersOf(20, { executionMs: 15, steps: [reserve, pay] }, 0.5);

  expect(layers).toMatchObject({
    'HTTP and mapping templates': 5,
    Interpreter: 4,
    'Invoking (threads, messages)': 1,
    'Handler ReserveSeat': 3,
    'Handler ProcessPayment': 1.25,
    'DynamoDB engine': 2,
    'Stripe server': 3,
    'The recorder itself': 0.75,
  });
  expect(Object.values(layers).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(20);
  expect(All).toBe(20);
});
