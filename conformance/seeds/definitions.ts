import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json, type JsonObject } from '../../local/step-functions/asl/json';

export type Page = 'guide' | 'checkout' | 'walkthrough';

export interface Block {
  readonly heading: string;
  readonly json: JsonObject;
}

/** The definitions of a page beside this file, in their order. */
export function blocksOf(page: Page): Block[] {
  const text = readFileSync(join(__dirname, `${page}.md`), 'utf8');
  return text
    .split(/^## /m)
    .slice(1)
    .flatMap((section) =>
      [...section.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json]) => ({
        heading: section.slice(0, section.indexOf('\n')),
        json: withFunctions(json!),
      })),
    );
}

/** What a page has under a heading: the first, or the one of another place there. */
export function definition(page: Page, heading: string, index = 0): JsonObject {
  const block = blocksOf(page).filter((each) => each.heading === heading)[index];
  if (!block) throw new RangeError(`${page}.md has no definition ${index} under ${heading}`);
  return block.json;
}

/**
 * Some of the guide's Tasks name no function, which Step Functions refuses. They call the one of their own name, as the
 * guide's example of an order does, with their input.
 */
function withFunctions(json: string): JsonObject {
  return JSON.parse(json, (name, value: Json) =>
    isObject(value) && value.Resource === 'arn:aws:states:::lambda:invoke' && !value.Parameters
      ? { ...value, Parameters: { FunctionName: `${name}Function`, 'Payload.$': '$' } }
      : value,
  ) as JsonObject;
}

/**
 * The smallest state machine around states: it begins with the first, and whatever they lead to that is not among them
 * succeeds.
 */
export function machineAround(states: JsonObject): JsonObject {
  const others = Object.values(states)
    .flatMap(targetsOf)
    .filter((target) => !(target in states));
  return {
    StartAt: Object.keys(states)[0]!,
    States: { ...states, ...Object.fromEntries(others.map((name) => [name, { Type: 'Succeed' }])) },
  };
}

function targetsOf(state: Json): string[] {
  if (!isObject(state)) return [];
  const clauses = [state, ...['Choices', 'Catch'].flatMap((field) => (state[field] ?? []) as JsonObject[])];
  return [...clauses.map(({ Next }) => Next), state.Default].filter((target) => typeof target === 'string');
}
