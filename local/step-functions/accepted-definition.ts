import { UnsupportedLocally } from '../aws-service';
import { acceptChoiceRule } from './choice-rules';
import { acceptIntrinsic } from './intrinsic-functions';
import { LONGEST_TIMER_SECONDS } from './interpreter';
import { isObject, type Json, type JsonObject, textOf } from './json';
import { acceptPath } from './reference-path';
import { type Retrier } from './retry-schedule';
import { acceptResource, type TaskResource } from './task-resource';

export type StateType = 'Task' | 'Parallel' | 'Pass' | 'Wait' | 'Choice' | 'Succeed' | 'Fail';

/** A state that the local run promises to execute as Step Functions does. */
export interface AcceptedState {
  readonly name: string;
  readonly type: StateType;
  /** The state as the interpreter is to see it. */
  readonly asl: JsonObject;
  readonly retriers: readonly Retrier[];
  readonly resource?: TaskResource;
  readonly timeoutSeconds?: number;
  readonly waitSeconds?: number;
  readonly branches?: readonly AcceptedStates[];
}

export interface AcceptedStates {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, AcceptedState>;
}

export interface AcceptedDefinition extends AcceptedStates {
  readonly timeoutSeconds?: number;
}

/** The fields each state type may have here. Any other is refused, so that nothing is silently ignored. */
const FLOW = ['Type', 'Comment', 'Next', 'End', 'InputPath', 'OutputPath', 'QueryLanguage'];
const RESULT = ['Parameters', 'ResultSelector', 'ResultPath', 'Retry', 'Catch'];
const FIELDS: Readonly<Record<StateType, readonly string[]>> = {
  Task: [...FLOW, ...RESULT, 'Resource', 'TimeoutSeconds'],
  Parallel: [...FLOW, ...RESULT, 'Branches'],
  Pass: [...FLOW, 'Parameters', 'Result', 'ResultPath'],
  Wait: [...FLOW, 'Seconds'],
  Choice: [...FLOW, 'Choices', 'Default'],
  Succeed: [...FLOW],
  Fail: ['Type', 'Comment', 'QueryLanguage', 'Error', 'ErrorPath', 'Cause', 'CausePath'],
};
const CLAUSE_FIELDS = {
  Retry: [
    ...['Comment', 'ErrorEquals', 'IntervalSeconds', 'MaxAttempts'],
    ...['BackoffRate', 'MaxDelaySeconds', 'JitterStrategy'],
  ],
  Catch: ['Comment', 'ErrorEquals', 'Next', 'ResultPath'],
} as const;
const MACHINE_FIELDS = ['Comment', 'StartAt', 'States', 'Version', 'TimeoutSeconds', 'QueryLanguage'];

/**
 * Reads a definition and refuses, by state and field, what `aws-local-stepfunctions` would ignore or get wrong.
 * What it gets wrong and can be put right by writing the same thing otherwise, is written otherwise.
 *
 * @throws UnsupportedLocally
 */
export function acceptDefinition(definition: JsonObject): AcceptedDefinition {
  const timeoutSeconds = definition.TimeoutSeconds;
  return {
    ...acceptStates(definition, 'the state machine'),
    ...(typeof timeoutSeconds === 'number' ? { timeoutSeconds } : {}),
  };
}

function acceptStates(definition: JsonObject, where: string): AcceptedStates {
  refuseOtherFields(definition, MACHINE_FIELDS, where);
  if (!isObject(definition.States)) throw new UnsupportedLocally(`${where} without States`);
  const states = Object.entries(definition.States).map(([name, state]) => {
    if (!isObject(state)) throw new UnsupportedLocally(`the state ${name}`);
    return [name, acceptState(name, state)] as const;
  });
  return { startAt: textOf(definition.StartAt), states: new Map(states) };
}

function acceptState(name: string, state: JsonObject): AcceptedState {
  const where = `State ${name}`;
  const type = textOf(state.Type);
  if (!isStateType(type)) throw new UnsupportedLocally(`${where}: Type ${type}`);
  refuseOtherFields(state, FIELDS[type], where);
  for (const field of ['Retry', 'Catch'] as const) {
    for (const clause of arrayOf(state[field])) {
      refuseOtherFields(clause, CLAUSE_FIELDS[field], `${where}, ${field}`);
      refuseUnmatchable(clause, type, where);
    }
  }
  if (typeof state.Seconds === 'number' && state.Seconds > LONGEST_TIMER_SECONDS) {
    throw new UnsupportedLocally(`${where}: a wait of ${state.Seconds} seconds`);
  }

  const asl = acceptDataFlow(state, where);
  if (type === 'Choice') asl.Choices = arrayOf(state.Choices).map((rule) => acceptChoiceRule(rule, where));
  // The interpreter takes a falsy Result for none; Parameters, a template without paths, says the same.
  if (type === 'Pass' && 'Result' in state && !state.Result) asl.Parameters = state.Result;
  if (type === 'Fail') Object.assign(asl, acceptFail(state, where));
  return {
    name,
    type,
    asl,
    retriers: arrayOf(state.Retry) as unknown as Retrier[],
    ...(type === 'Task' ? { resource: acceptResource(state, where) } : {}),
    ...(typeof state.TimeoutSeconds === 'number' ? { timeoutSeconds: state.TimeoutSeconds } : {}),
    ...(typeof state.Seconds === 'number' ? { waitSeconds: state.Seconds } : {}),
    ...(type === 'Parallel'
      ? { branches: arrayOf(state.Branches).map((branch) => acceptStates(branch, where)) }
      : {}),
  };
}

/** Paths and templates, checked. `$` as a path is left out: the interpreter takes `ResultPath: "$"` for a name. */
function acceptDataFlow(state: JsonObject, where: string): JsonObject {
  const asl: JsonObject = { ...state };
  for (const field of ['InputPath', 'OutputPath', 'ResultPath'] as const) {
    const path = state[field];
    if (path === '$') delete asl[field];
    else if (typeof path === 'string') asl[field] = acceptDataPath(field, path, `${where}, ${field}`);
  }
  for (const field of ['Parameters', 'ResultSelector'] as const) {
    const template = state[field];
    if (template !== undefined) asl[field] = acceptTemplate(template, `${where}, ${field}`);
  }
  asl.Catch = arrayOf(state.Catch).map(({ ResultPath: path, ...catcher }) => {
    if (path === undefined || path === '$') return catcher;
    return { ...catcher, ResultPath: path && acceptDataPath('ResultPath', textOf(path), `${where}, Catch`) };
  });
  return asl;
}

function acceptDataPath(field: string, path: string, where: string): string {
  if (field === 'ResultPath' && !/^\$(\.[^.[\]'"$]+)+$/.test(path)) {
    throw new UnsupportedLocally(`${where}: the path ${path}`);
  }
  return acceptPath(path, where);
}

function acceptTemplate(template: Json, where: string): Json {
  if (Array.isArray(template)) return template.map((item) => acceptTemplate(item, where));
  if (!isObject(template)) return template;
  const fields = Object.entries(template).map(([key, value]) => {
    if (!key.endsWith('.$')) return [key, acceptTemplate(value, where)];
    if (typeof value !== 'string') throw new UnsupportedLocally(`${where}: ${key} that is no string`);
    const accept = value.startsWith('$') ? acceptPath : acceptIntrinsic;
    return [key, accept(value, `${where}, ${key}`)];
  });
  return Object.fromEntries(fields) as JsonObject;
}

/** The interpreter invents an Error and a Cause where a Fail state has none; an empty text stands for none. */
function acceptFail(state: JsonObject, where: string): JsonObject {
  const asl: JsonObject = {};
  for (const field of ['Error', 'Cause'] as const) {
    const path = state[`${field}Path`];
    if (path === undefined) asl[field] = state[field] ?? '';
    else asl[`${field}Path`] = acceptPath(textOf(path), `${where}, ${field}Path`);
  }
  return asl;
}

function refuseUnmatchable(clause: JsonObject, type: StateType, where: string): void {
  for (const error of (clause.ErrorEquals as string[] | undefined) ?? []) {
    const terminal = error === 'States.Runtime' || error === 'States.DataLimitExceeded';
    if (terminal || (type === 'Parallel' && error === 'States.TaskFailed')) {
      throw new UnsupportedLocally(`${where}: ErrorEquals ${error} in a ${type} state`);
    }
  }
}

function refuseOtherFields(value: JsonObject, known: readonly string[], where: string): void {
  for (const field of Object.keys(value)) {
    if (!known.includes(field)) throw new UnsupportedLocally(`${where}: ${field}`);
  }
  if (value.QueryLanguage !== undefined && value.QueryLanguage !== 'JSONPath') {
    throw new UnsupportedLocally(`${where}: QueryLanguage ${JSON.stringify(value.QueryLanguage)}`);
  }
}

function isStateType(type: string): type is StateType {
  return type in FIELDS;
}

function arrayOf(value: Json | undefined): JsonObject[] {
  return (value ?? []) as JsonObject[];
}
