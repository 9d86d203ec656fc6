import { type Json } from '../../local/step-functions/asl/json';
import { failing, type FakeFunction, invoke, machineOf } from '../local/step-functions/machine';
import { definition, machineAround } from '../../conformance/seeds/definitions';

/** The description's Retry and Catch, around the payment that it describes with them. */
const payment = machineAround({
  ProcessPayment: invoke('processPayment', {
    ...definition('checkout', 'Retry Configuration'),
    ...definition('checkout', 'Catch Configuration'),
    Next: 'GenerateTicket',
  }) as Json,
});

/** Takes the payment after so many time-outs of the gateway. */
function after(timeouts: number): FakeFunction {
  let left = timeouts;
  return (payload) => (left-- > 0 ? failing('PaymentGatewayTimeout')(payload) : { paid: true });
}

function played(processPayment: FakeFunction) {
  const fixture = machineOf(payment, { processPayment }, { waitScale: 0.001 });
  const waits = () =>
    fixture.history.list()[0]!.events.flatMap(({ retry }) => (retry ? [retry.waitSeconds * 1000] : []));
  return { ...fixture, waits };
}

test.each([
  [0, []],
  [1, [2]],
  [3, [2, 4, 8]],
])(
  'a gateway that times out %i times takes the payment after waits of %j seconds',
  async (timeouts, waited) => {
    const { machine, path, calls, waits } = played(after(timeouts));

    const { status } = await machine.start({ seatId: 'A-1' }).finished;

    expect(status).toBe('SUCCEEDED');
    expect(path()).toEqual(['ProcessPayment', 'GenerateTicket']);
    expect(calls).toHaveLength(timeouts + 1);
    expect(waits()).toEqual(waited);
  },
);

// The description's timeline ends with the third call. MaxAttempts counts retries, so there are four.
test('the fourth time-out is compensated, and the input is still there beside the error', async () => {
  const { machine, path, calls, waits } = played(after(Infinity));

  const { output } = await machine.start({ seatId: 'A-1' }).finished;

  expect(path()).toEqual(['ProcessPayment', 'CompensationWorkflow']);
  expect(calls).toHaveLength(4);
  expect(waits()).toEqual([2, 4, 8]);
  expect(output).toEqual({
    seatId: 'A-1',
    error: { Error: 'PaymentGatewayTimeout', Cause: expect.any(String) as string },
  });
});

test('a card that is declined is compensated without a retry', async () => {
  const { machine, path, calls } = played(failing('CardDeclined'));

  const { output } = await machine.start({ seatId: 'A-1' }).finished;

  expect(path()).toEqual(['ProcessPayment', 'CompensationWorkflow']);
  expect(calls).toHaveLength(1);
  expect(output).toMatchObject({ seatId: 'A-1', error: { Error: 'CardDeclined' } });
});
