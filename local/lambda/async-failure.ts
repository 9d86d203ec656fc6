import { randomUUID } from 'node:crypto';
import { type MessageAttributes } from '../sqs/message';
import { type AsyncFailure } from './function-pool';

/** Bytes of an error's message. */
const LONGEST_MESSAGE = 1_024;

/**
 * What a destination gets of an asynchronous invocation that failed ("Capturing records of Lambda asynchronous invocations", developer
 * guide, read November 2026).
 *
 * @param now milliseconds
 */
export function destinationRecord(
  { functionArn, payload, answer, invocations }: AsyncFailure,
  now: number,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: {
      ...{ requestId: randomUUID(), functionArn, condition: 'RetriesExhausted' },
      approximateInvokeCount: invocations,
    },
    requestPayload: payload,
    responseContext: {
      ...{ statusCode: answer.statusCode, executedVersion: '$LATEST', functionError: answer.functionError },
    },
    responsePayload: JSON.parse(answer.payload) as unknown,
  });
}

/** What a dead-letter queue gets beside the event itself (the same page, "Adding a dead-letter queue"). */
export function deadLetterAttributes({ answer }: AsyncFailure): MessageAttributes {
  const { errorMessage = 'Unhandled' } = JSON.parse(answer.payload) as { errorMessage?: string };
  return {
    RequestID: { DataType: 'String', StringValue: randomUUID() },
    ErrorCode: { DataType: 'Number', StringValue: String(answer.statusCode) },
    ErrorMessage: { DataType: 'String', StringValue: errorMessage.slice(0, LONGEST_MESSAGE) || 'Unhandled' },
  };
}
