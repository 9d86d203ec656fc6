import { connected } from '../../../lambda/shared/connected';

const NAME = 'AWS_LAMBDA_FUNCTION_NAME';
afterEach(() => {
  delete process.env[NAME];
});

test('in Lambda, what a function connects to is there before its first call, and made once', () => {
  process.env[NAME] = 'ReserveSeat';
  const connect = jest.fn(() => ({}));

  const dependencies = connected(connect);

  expect(connect).toHaveBeenCalledTimes(1);
  expect(dependencies()).toBe(dependencies());
  expect(connect).toHaveBeenCalledTimes(1);
});

test('elsewhere nothing is made by an import', () => {
  const connect = jest.fn(() => ({}));

  const dependencies = connected(connect);

  expect(connect).not.toHaveBeenCalled();
  expect(dependencies()).toBe(dependencies());
  expect(connect).toHaveBeenCalledTimes(1);
});

test('what cannot be made while it is loaded says so to each call, until it can', () => {
  process.env[NAME] = 'ReserveSeat';
  const connect = jest.fn<string, []>(() => {
    throw new Error('SEAT_TABLE_NAME is not set');
  });

  const dependencies = connected(connect);

  expect(dependencies).toThrow('SEAT_TABLE_NAME is not set');
  connect.mockReturnValue('connected');
  expect(dependencies()).toBe('connected');
});
