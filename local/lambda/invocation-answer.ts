/** What Lambda's `Invoke` answers to a `RequestResponse` call. A failed function is still a 200. */
export interface InvocationAnswer {
  readonly statusCode: 200;
  readonly functionError?: 'Unhandled';
  /** JSON: the handler's result, or `{errorType, errorMessage, trace?}` when `functionError` is set. */
  readonly payload: string;
}

/** Bytes of a synchronous request or response payload. */
export const PAYLOAD_LIMIT = 6 * 1024 * 1024;

/** An error of the Lambda service itself: the function was never reached. `name` is the AWS error code. */
export class LambdaServiceError extends Error {
  constructor(
    override readonly name:
      | 'DurableExecutionAlreadyStartedException'
      | 'InvalidParameterValueException'
      | 'RequestTooLargeException'
      | 'ResourceNotFoundException',
    message: string,
    readonly statusCode: number,
  ) {
    super(message);
  }
}

/** An answer as the handler gave it, unless it is larger than Lambda lets through. */
export function succeeded(payload: string): InvocationAnswer {
  if (Buffer.byteLength(payload) <= PAYLOAD_LIMIT) return { statusCode: 200, payload };
  return failed(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${PAYLOAD_LIMIT} bytes).`,
  );
}

export function failed(errorType: string, errorMessage: string): InvocationAnswer {
  return failedWith(JSON.stringify({ errorType, errorMessage }));
}

/** A failure the runtime has already described as JSON. */
export function failedWith(payload: string): InvocationAnswer {
  return { statusCode: 200, functionError: 'Unhandled', payload };
}

export function timedOut(requestId: string, timeoutSeconds: number): InvocationAnswer {
  const message = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  return failed('Sandbox.Timedout', message);
}

/** The sandbox went away in the middle: `process.exit`, out of memory, or killed. */
export function exited(requestId: string, how: string): InvocationAnswer {
  return failed('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: ${how}`);
}
