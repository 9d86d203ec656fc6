import { type Exchange } from './recording-proxy';
import { type Recording } from './shop';

/** Where two servers do not say the same. */
export interface Difference {
  /** `result 2`, or the call and the field: `POST /v1/refunds: error.code`. */
  readonly where: string;
  readonly left: unknown;
  readonly right: unknown;
}

/**
 * Compares the results of an outcome, then call by call the status and the fields that the gateway reads, up to the first
 * calls that are not the same.
 */
export function differences(left: Recording, right: Recording): Difference[] {
  const exchanges = pairs(left.exchanges, right.exchanges);
  const parting = exchanges.findIndex(([one, other]) => one?.call !== other?.call);
  const common = parting < 0 ? exchanges : exchanges.slice(0, parting + 1);
  return [
    ...unequal('result', left.results, right.results),
    ...common.flatMap(([one, other]) => ofExchange(one, other)),
  ];
}

function ofExchange(left: Exchange | undefined, right: Exchange | undefined): Difference[] {
  if (!left || !right || left.call !== right.call) {
    return [{ where: 'the next call', left: left?.call, right: right?.call }];
  }
  const { call } = left;
  const fields = [...new Set([...Object.keys(left.fields), ...Object.keys(right.fields)])];
  return [
    ...(left.status === right.status
      ? []
      : [{ where: `${call}: status`, left: left.status, right: right.status }]),
    ...fields
      .filter((field) => text(left.fields[field]) !== text(right.fields[field]))
      .map((field) => ({ where: `${call}: ${field}`, left: left.fields[field], right: right.fields[field] })),
  ];
}

function unequal(what: string, left: readonly unknown[], right: readonly unknown[]): Difference[] {
  return pairs(left, right).flatMap(([one, other], index) =>
    text(one) === text(other) ? [] : [{ where: `${what} ${index + 1}`, left: one, right: other }],
  );
}

function pairs<Item>(left: readonly Item[], right: readonly Item[]): [Item | undefined, Item | undefined][] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => [
    left[index],
    right[index],
  ]);
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
