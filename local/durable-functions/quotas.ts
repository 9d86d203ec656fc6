import { type ErrorObject, type OperationUpdate } from './api-shapes';

const MIB = 1024 * 1024;

/** "Lambda quotas", Durable functions (read November 2026): operations of an execution. */
export const MAX_OPERATIONS = 3_000;

/** The same page: bytes that an execution writes, all payloads and errors of its operations together. */
export const MAX_BYTES_WRITTEN = 100 * MIB;

/** `OperationUpdate.Payload` and `.Error`, and what a callback or a chained function answers (SDK 3.1164.0, November 2026). */
export const MAX_PAYLOAD = MIB;

/** Input and result of an execution, by how it was started (the same SDK, `GetDurableExecutionResponse`). */
export const MAX_EXECUTION_PAYLOAD = { synchronous: 6 * MIB, asynchronous: MIB } as const;

/** A synchronous caller waits for no execution that may take longer ("Invoking Lambda durable functions"). */
export const MAX_SYNCHRONOUS_SECONDS = 900;

/** Operations of one page, at most and where nobody says (`GetDurableExecutionState`, `MaxItems`). */
export const MAX_PAGE = 1_000;
export const DEFAULT_PAGE = 100;

/** Bytes of the operations in the event of an invocation, which may have 6 MB; what is more is asked for. No page says where AWS cuts. */
export const MAX_PAGE_BYTES = 5 * MIB;

export function bytesOf(text: string | undefined | null): number {
  return text ? Buffer.byteLength(text) : 0;
}

/** Bytes that an execution writes by an update, or by an answer that it gets. */
export function bytesWritten({ Payload, Error }: Pick<OperationUpdate, 'Payload' | 'Error'>): number {
  return bytesOf(Payload) + bytesOfError(Error);
}

export function bytesOfError(error: ErrorObject | undefined): number {
  return error ? bytesOf(JSON.stringify(error)) : 0;
}
