import { type Json, type JsonObject } from '../../local/step-functions/asl/json';
import { type App, type Machine, type MachineState } from '../app';
import { type Answer, calledName, type Scenario } from './scenario';

/**
 * Scenarios of the app's own state machines, derived from their definitions: every error that a Task names, once, until its
 * retries are spent and beyond; every pair of Tasks that fail towards different states; and inputs that lack something.
 */
export function appScenarios({ machines }: App): Scenario[] {
  return Object.entries(machines).flatMap(([name, machine]) =>
    scenariosOf(machine).map((scenario) => ({
      ...scenario,
      name: `${name}: ${scenario.name}`,
      definition: machine,
    })),
  );
}

type Part = Pick<Scenario, 'name' | 'input' | 'answers'>;

function scenariosOf(machine: Machine): Part[] {
  const input = inputOf(machine);
  const tasks = Object.entries(machine.States).filter(([, { Type }]) => Type === 'Task');
  const well = Object.fromEntries(tasks.map(([, task]) => [callee(task), [{ ok: answerOf(task) }]]));
  const failures = tasks.flatMap(([name, task]) => failuresOf(name, task));
  const parts: Part[] = [{ name: 'all well', input, answers: well }];

  for (const { state, callee: called, answer, error, attempts, afterwards } of failures) {
    for (const times of attempts) {
      const answers = [...Array<Answer>(times).fill(answer), ...(times > 9 ? [] : [afterwards])];
      parts.push({
        name: `${state} fails ${times}× with ${error}`,
        input,
        answers: { ...well, [called]: answers },
      });
    }
  }
  // One failure for each way out of a Task, in pairs.
  const ways = failures.filter(({ isWay }) => isWay);
  for (const first of ways) {
    for (const second of ways) {
      if (first.callee === second.callee) continue;
      const answers = { ...well, [first.callee]: [first.answer], [second.callee]: [second.answer] };
      parts.push({
        name: `${first.state} fails with ${first.error}, ${second.state} with ${second.error}`,
        input,
        answers,
      });
    }
  }
  const first = ways[0];
  for (const [name, damaged] of damagedInputs(input, (member) => firstReader(machine, member))) {
    parts.push({ name: `input ${name}`, input: damaged, answers: well });
    if (first)
      parts.push({
        name: `input ${name}, and ${first.state} fails`,
        input: damaged,
        answers: { ...well, [first.callee]: [first.answer] },
      });
  }
  for (const [name, task] of tasks) {
    for (const [damage, answer] of damagedInputs(answerOf(task) as JsonObject, () => name)) {
      parts.push({
        name: `${name} answers ${damage}`,
        input,
        answers: { ...well, [callee(task)]: [{ ok: answer }] },
      });
    }
    // A selector finds nothing in any of them: one tells it.
    for (const odd of task.ResultSelector ? [null] : [null, 'text', 7, []]) {
      parts.push({
        name: `${name} answers ${JSON.stringify(odd)}`,
        input,
        answers: { ...well, [callee(task)]: [{ ok: odd }] },
      });
    }
  }
  return parts;
}

interface Failure {
  readonly state: string;
  readonly callee: string;
  readonly error: string;
  readonly answer: Answer;
  readonly attempts: readonly number[];
  readonly afterwards: Answer;
  /** Whether it is the first that leads where it leads. */
  readonly isWay: boolean;
}

const ALWAYS = 99;
const MESSAGE = `It's "no" é \\ $x`;

function failuresOf(state: string, task: MachineState): Failure[] {
  const { Retry = [], Catch = [] } = task;
  const named = [...Retry, ...Catch]
    .flatMap(({ ErrorEquals }) => ErrorEquals)
    .filter((error) => error !== 'States.ALL');
  const targets = new Set<string | undefined>();
  const isQueue = callee(task) === 'sqs:sendMessage';
  const errors = isQueue ? ['QueueDoesNotExist'] : [...new Set([...named, 'SomethingElse', 'no errorType'])];
  return errors.map((error) => {
    const target = Catch.find(
      ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'),
    )?.Next;
    const isWay = error !== 'no errorType' && error !== 'States.Timeout' && !targets.has(target);
    if (isWay) targets.add(target);
    const retries = Retry.find(({ ErrorEquals }) => ErrorEquals.includes(error))?.MaxAttempts ?? 3;
    const isRetried = Retry.some(({ ErrorEquals }) => ErrorEquals.includes(error));
    const attempts = error === 'States.Timeout' ? [1] : isRetried ? [1, retries, retries + 1] : [ALWAYS];
    return {
      ...{ state, error, attempts, isWay },
      callee: callee(task),
      answer: isQueue ? { refused: error } : failureOf(error),
      afterwards: { ok: answerOf(task) },
    };
  });
}

function failureOf(error: string): Answer {
  if (error === 'States.Timeout') return { late: true };
  if (error === 'no errorType') return { fail: { errorMessage: MESSAGE } };
  const service = /^Lambda\.(\w+Exception)$/.exec(error)?.[1];
  return service ? { refused: service } : { fail: { errorType: error, errorMessage: MESSAGE } };
}

function callee({ Resource = '', ...task }: MachineState): string {
  if (Resource.endsWith(':sqs:sendMessage')) return 'sqs:sendMessage';
  const { Parameters = {} } = task as { Parameters?: { FunctionName?: string } };
  return calledName(Parameters.FunctionName ?? Resource);
}

/** An answer that has what the state selects from it. */
function answerOf({ ResultSelector = {} }: MachineState): Json {
  const paths = Object.values(ResultSelector).filter((path): path is string => typeof path === 'string');
  return withPaths(
    paths.filter((path) => path.startsWith('$.Payload.')).map((path) => path.replace('$.Payload', '$')),
  );
}

/** An input that has what the states read and no state before has put there. */
function inputOf({ StartAt, States }: Machine): JsonObject {
  const results = Object.values(States).flatMap(({ ResultPath }) => ResultPath?.slice(2) ?? []);
  const catches = Object.values(States).flatMap(({ Catch = [] }) =>
    (Catch as readonly { ResultPath?: string }[]).map(({ ResultPath }) => ResultPath?.slice(2) ?? ''),
  );
  const made = new Set([...results, ...catches].map((path) => path.split('.')[0]));
  const read = [...JSON.stringify(States).matchAll(/"(\$\.[\w.]+)"/g)].map(([, path]) => path!);
  // Before the first state nobody has put anything: what it reads, and others write into, is an empty object.
  const first = JSON.stringify(States[StartAt]?.Parameters ?? {});
  const awaited = [...made].flatMap((name) => (name && first.includes(`"$.${name}"`) ? [name] : []));
  return {
    ...withPaths(read.filter((path) => !made.has(path.split('.')[1]))),
    ...Object.fromEntries(awaited.map((name): [string, JsonObject] => [name, {}])),
  };
}

function withPaths(paths: readonly string[]): JsonObject {
  const made: JsonObject = {};
  for (const path of [...paths].sort()) {
    const names = path.split('.').slice(1);
    let at: JsonObject = made;
    names.forEach((name, index) => {
      if (index === names.length - 1) at[name] ??= `the ${name}`;
      else at = (typeof at[name] === 'object' ? at[name] : (at[name] = {})) as JsonObject;
    });
  }
  return made;
}

/** The state that is the first to read a member of the input. */
function firstReader({ States }: Machine, member: string): string | undefined {
  const reads = new RegExp(`"\\$\\.${member}\\b`);
  return Object.entries(States).find(([, state]) => reads.test(JSON.stringify(state)))?.[0];
}

/**
 * The value with null for each of its members, and without a member for each state that reads one: whichever it lacks, the
 * execution ends there.
 */
function damagedInputs(value: JsonObject, reader: (member: string) => string | undefined): [string, Json][] {
  const lacking = new Map(Object.keys(value).map((name) => [reader(name) ?? name, name]));
  return Object.keys(value).flatMap((name): [string, Json][] => {
    const { [name]: _, ...rest } = value;
    const isNull: [string, Json] = [`with null for ${name}`, { ...value, [name]: null }];
    return [...lacking.values()].includes(name) ? [[`without ${name}`, rest], isNull] : [isNull];
  });
}
