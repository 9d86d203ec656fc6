import { assignOf } from './assign';
import { selectionOf } from './data-flow';
import { type Fields } from './fields';
import { flowOf } from './flow';
import { type Json } from './json';
import { requiredPathOf } from './path';
import { type State, type Visit } from './state';
import { runtimeError } from './state-error';
import { pause } from './timers';
import { timestampOf } from './timestamp';

/** "Wait workflow state" (read November 2026). */
const LONGEST_SECONDS = 99_999_999;

const KINDS = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'] as const;

/** Answers the time until which is waited, in milliseconds since the epoch. */
type Until = (input: Json, visit: Visit) => number;

export function waitOf(name: string, fields: Fields): State {
  const flow = flowOf(fields);
  const inputPath = selectionOf(fields, 'InputPath');
  const until = untilOf(fields);
  const assign = assignOf(fields);
  const outputPath = selectionOf(fields, 'OutputPath');
  return {
    name,
    type: 'Wait',
    async run(input, visit) {
      const { environment, signal } = visit;
      const effective = inputPath(input, visit);
      const now = environment.now();
      const ms = (until(effective, visit) - now) * environment.waitScale;
      if (ms > 0) await pause(environment.alarm(now + ms), signal);
      assign?.(effective, visit);
      return { output: outputPath(effective, visit), ...flow };
    },
  };
}

function untilOf(fields: Fields): Until {
  const [kind, other] = KINDS.filter((field) => fields.has(field));
  if (!kind || other) throw fields.invalid(`a Wait state needs one of ${KINDS.join(', ')}`);
  if (kind === 'Seconds') {
    const seconds = secondsOf(fields.value('Seconds'));
    if (seconds === undefined)
      throw fields.invalid(`Seconds must be a whole number from 0 to ${LONGEST_SECONDS}`);
    return (_, { environment }) => environment.now() + seconds * 1000;
  }
  if (kind === 'Timestamp') {
    const time = timestampOf(fields.value('Timestamp'));
    if (time === undefined) throw fields.invalid('Timestamp must be one as 2026-11-29T20:00:00Z');
    return () => time;
  }
  const path = requiredPathOf(fields.text(kind), fields);
  return (input, visit) => {
    const value = path(input, visit);
    const time = kind === 'TimestampPath' ? timestampOf(value) : later(visit, secondsOf(value));
    if (time !== undefined) return time;
    throw runtimeError(`${fields.where}: ${kind} points at ${JSON.stringify(value)}`);
  };
}

function later({ environment }: Visit, seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : environment.now() + seconds * 1000;
}

function secondsOf(value: Json | undefined): number | undefined {
  const isCount =
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LONGEST_SECONDS;
  return isCount ? value : undefined;
}
