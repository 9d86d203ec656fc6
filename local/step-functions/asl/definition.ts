import { choiceOf } from './choice';
import { assignedNames } from './assign';
import { failOf } from './fail';
import { Fields } from './fields';
import { isObject, type Json, type JsonObject } from './json';
import { mapOf } from './map';
import { parallelOf } from './parallel';
import { passOf } from './pass';
import { type State, type States } from './state';
import { succeedOf } from './succeed';
import { taskOf, type TaskResource } from './task';
import { waitOf } from './wait';

export interface Definition extends States {
  readonly timeoutSeconds?: number;
}

export interface DefinitionOptions {
  /** Reads a Task's `Resource`, and refuses by name what cannot be called. */
  readonly resourceOf: (state: string, fields: Fields) => TaskResource;
}

/**
 * Reads a state machine's definition: Amazon States Language with JSONPath (states-language.net/spec.html, and
 * "Amazon States Language" of the Developer Guide, read November 2026).
 *
 * @throws UnsupportedLocally naming the state and the field that the local run does not execute as AWS would
 * @throws InvalidDefinition where AWS would not take it either
 */
export function readDefinition(definition: JsonObject, options: DefinitionOptions): Definition {
  const fields = new Fields(definition, 'The state machine');
  refuseJsonata(fields);
  const version = fields.optionalText('Version');
  if (version !== undefined && version !== '1.0') throw fields.invalid(`the Version ${version}`);
  const timeoutSeconds = fields.number('TimeoutSeconds', { least: 1 });
  const reader = new Reader(options);
  return {
    ...reader.statesOf(fields, new Set()),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

class Reader {
  /** "Within a state machine, state names must be unique." */
  private readonly names = new Set<string>();

  constructor(private readonly options: DefinitionOptions) {}

  /** @param outer variables that the scopes around assign: an inner one cannot assign them */
  statesOf(fields: Fields, outer: ReadonlySet<string>): States {
    const startAt = fields.text('StartAt');
    const declared = fields.object('States').raw;
    fields.refuseOthers();
    const own = new Set(
      Object.values(declared).flatMap((state) => (isObject(state) ? assignedNames(state) : [])),
    );
    for (const name of own) {
      if (outer.has(name)) throw fields.invalid(`the variable ${name} belongs to an outer scope`);
    }
    const variables = new Set([...outer, ...own]);
    const states = new Map(
      Object.entries(declared).map(([name, state]) => [name, this.stateOf(name, state, variables)] as const),
    );
    const targets = new Set([startAt, ...Object.values(declared).flatMap(targetsOf)]);
    for (const target of targets)
      if (!states.has(target)) throw fields.invalid(`there is no state ${target}`);
    for (const name of states.keys())
      if (!targets.has(name)) throw fields.invalid(`nothing leads to the state ${name}`);
    return { startAt, states };
  }

  private stateOf(name: string, json: Json, variables: ReadonlySet<string>): State {
    if (this.names.has(name)) throw new Fields({}, `State ${name}`).invalid('another state has that name');
    this.names.add(name);
    const fields = new Fields({}, 'The states').within(json, name);
    const state = this.typedStateOf(name, new Fields(fields.raw, `State ${name}`), variables);
    return state;
  }

  private typedStateOf(name: string, fields: Fields, variables: ReadonlySet<string>): State {
    refuseJsonata(fields);
    const statesOf = (inner: Fields) => this.statesOf(inner, variables);
    const state = ((): State => {
      const type = fields.text('Type');
      switch (type) {
        case 'Task':
          return taskOf(name, fields, (task) => this.options.resourceOf(name, task));
        case 'Parallel':
          return parallelOf(name, fields, statesOf);
        case 'Map':
          return mapOf(name, fields, statesOf);
        case 'Choice':
          return choiceOf(name, fields);
        case 'Pass':
          return passOf(name, fields);
        case 'Wait':
          return waitOf(name, fields);
        case 'Succeed':
          return succeedOf(name, fields);
        case 'Fail':
          return failOf(name, fields);
        default:
          throw fields.invalid(`there is no state of Type ${type}`);
      }
    })();
    fields.refuseOthers();
    return state;
  }
}

/** JSONata has no user here. */
function refuseJsonata(fields: Fields): void {
  const language = fields.value('QueryLanguage');
  if (language !== undefined && language !== 'JSONPath') {
    throw fields.unsupported(`QueryLanguage ${JSON.stringify(language)}`);
  }
}

function targetsOf(state: Json): string[] {
  if (!isObject(state)) return [];
  const clauses = [state, ...['Choices', 'Catch'].flatMap((field) => (state[field] ?? []) as JsonObject[])];
  return [...clauses.map(({ Next }) => Next), state.Default].filter((target) => typeof target === 'string');
}
