import type * as Lambda from '@aws-sdk/client-lambda';

/** A shape of the API as it is on the wire: a time is a number of seconds since the epoch, with a fraction. */
type OnTheWire<Shape> = Shape extends Date
  ? number
  : Shape extends readonly (infer Item)[]
    ? OnTheWire<Item>[]
    : Shape extends object
      ? { readonly [Member in keyof Shape]: OnTheWire<Shape[Member]> }
      : Shape;

export type ErrorObject = OnTheWire<Lambda.ErrorObject>;
export type ExecutionStatus = Lambda.ExecutionStatus;
export type HistoryEvent = OnTheWire<Lambda.Event>;
export type EventType = Lambda.EventType;
export type OperationUpdate = Readonly<Lambda.OperationUpdate>;

/** An operation always has these, whatever the SDK's type says. */
export type Operation = OnTheWire<Lambda.Operation> & {
  readonly Id: string;
  readonly Type: Lambda.OperationType;
  readonly Status: Lambda.OperationStatus;
  readonly StartTimestamp: number;
};

/** What an event of this type tells beside what all events tell. */
export type EventDetails<Type extends EventType> = NonNullable<HistoryEvent[`${Type}Details`]>;

/** What a durable function answers an invocation with: its end, or that it waits. */
export interface InvocationOutput {
  readonly Status?: unknown;
  readonly Result?: string | null;
  readonly Error?: ErrorObject | null;
}

/** What the SDK gets as the event of an invocation; times are text here. */
export interface InvocationInput {
  readonly DurableExecutionArn: string;
  readonly CheckpointToken: string;
  readonly InitialExecutionState: { readonly Operations: readonly object[]; readonly NextMarker: string };
  /** What has changed since the invocation before: a wait that is over, a retry that is due. */
  readonly UpdatedOperationIds: readonly string[];
}
