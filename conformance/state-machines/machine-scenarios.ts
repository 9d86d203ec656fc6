import { type Json, type JsonObject } from '../../local/step-functions/asl/json';
import { allStatesOf, type Machine, type MachineState } from './machine';
import { play } from './play';
import { type Answer, type Outcome, type Scenario, type TokenAnswer } from './scenario';
import { callee, MOCKED_ACTIONS } from './services';

/** How many Tasks fail in one execution, the second where the failure of the first leads, and so on. */
const MOST_FAILURES = 3;

/** More often than any Task is tried again. */
const ALWAYS = 9;
const MESSAGE = `It's "no" é \\ $x`;

/**
 * Scenarios of a state machine, derived from its definition: each error that a Task names, once, until its retries are spent and
 * beyond; Tasks that fail one after the other; time-outs; task tokens; and inputs and answers that lack something. Where a Task
 * is not on the way of an execution in which all goes well, the failures that lead to it are played before it. To find them, and
 * what comes after a failure, scenarios are played here while they are made.
 */
export async function machineScenarios(
  name: string,
  machine: Machine,
  { starts = startsOf(machine), answers = {} }: ScenarioOptions = {},
): Promise<Scenario[]> {
  const subject = { machine, answers };
  const tasks = allStatesOf(machine).filter(([, { Type }]) => Type === 'Task');
  const well = Object.fromEntries(tasks.map(([, task]) => [callee(task), [wellAnswered(subject, task)]]));
  const played = await failuresInTurn(subject, starts, well, tasks);
  const parts = [
    ...played.map(({ part }) => part),
    ...tasks.flatMap(([state, task]) => {
      const way = wayTo(state, machine, played);
      return way ? taskParts(subject, state, task, way) : [];
    }),
    ...inputParts(machine, played),
    ...tooLong(machine, tasks, starts[0]!, well),
  ];
  return parts.map((part) => ({ definition: machine, ...part, name: `${name}: ${part.name}` }));
}

/** What a definition alone does not tell. */
export interface ScenarioOptions {
  /**
   * Inputs with which all goes well. @default what the states read, as texts, once for each way of the Choices that ask whether
   * something is there
   */
  readonly starts?: readonly JsonObject[];
  /** What functions answer, by their names, when all goes well. @default what the state selects from it */
  readonly answers?: Readonly<Record<string, JsonObject>>;
}

interface Subject {
  readonly machine: Machine;
  readonly answers: Readonly<Record<string, JsonObject>>;
}

/** Where it has no definition, it is the machine's own. */
type Part = Omit<Scenario, 'definition'> & Partial<Pick<Scenario, 'definition'>>;
type Answers = Readonly<Record<string, readonly Answer[]>>;

interface Played {
  readonly part: Part & { readonly answers: Answers };
  readonly outcome: Outcome;
  /** The Tasks that fail, in order. */
  readonly failing: readonly WayOut[];
}

/** One failure for each way out of a Task, then one of the Tasks where that leads, and so on. */
async function failuresInTurn(
  subject: Subject,
  starts: readonly JsonObject[],
  well: Answers,
  tasks: readonly [string, MachineState][],
): Promise<Played[]> {
  const { machine } = subject;
  const ways = tasks.flatMap(([state, task]) => waysOf(subject, state, task));
  const besides = ({ state }: WayOut) => calledBeside(machine, state);
  const played: Played[] = [];
  const known = new Set<string>();
  let next: Omit<Played, 'outcome'>[] = starts.map((input, index) => ({
    part: { name: index === 0 ? 'all well' : `all well, input ${index + 1}`, input, answers: well },
    failing: [],
  }));
  for (let failures = 0; failures <= MOST_FAILURES; failures++) {
    const begun = next;
    next = [];
    for (const { part, failing } of begun) {
      const outcome = await play({ definition: machine, ...part });
      played.push({ part, outcome, failing });
      const last = outcome.states.indexOf(failing.at(-1)?.state ?? '');
      for (const way of ways) {
        if (failing.some((each) => each.callee === way.callee || besides(each).has(way.callee))) continue;
        if (outcome.states.indexOf(way.state) <= last) continue;
        const answers = { ...part.answers, [way.callee]: way.answers };
        const key = JSON.stringify([part.input, Object.entries(answers).sort()]);
        if (known.has(key)) continue;
        known.add(key);
        const name = `${part.name}; ${way.state} fails with ${way.error}`;
        next.push({ part: { ...part, name, answers }, failing: [...failing, way] });
      }
    }
  }
  return played;
}

/**
 * What the other branches call while a state of one is run. When one branch ends the others, how often they have tried again is
 * chance: no scenario has failures in two.
 */
function calledBeside({ States }: Machine, state: string): ReadonlySet<string> {
  const callees = Object.values(States).flatMap(({ Branches = [] }) => {
    const own = Branches.find((branch) => allStatesOf(branch).some(([name]) => name === state));
    const others = own ? Branches.filter((branch) => branch !== own) : [];
    return others.flatMap(allStatesOf).flatMap(([, each]) => (each.Type === 'Task' ? [callee(each)] : []));
  });
  return new Set(callees);
}

/** The shortest way to a state, and how often what it calls was called before. */
interface Way {
  readonly part: Part & { readonly answers: Answers };
  readonly before: number;
}

function wayTo(state: string, machine: Machine, played: readonly Played[]): Way | undefined {
  const states = new Map(allStatesOf(machine));
  const called = callee(states.get(state)!);
  const found = played.find(
    ({ outcome, failing }) =>
      outcome.states.includes(state) && failing.every((each) => each.callee !== called),
  );
  if (!found) return undefined;
  const earlier = found.outcome.states.slice(0, found.outcome.states.indexOf(state));
  const before = earlier.filter((name) => {
    const other = states.get(name)!;
    return other.Type === 'Task' && callee(other) === called;
  }).length;
  return { part: found.part, before };
}

/** What can happen to a Task by itself. */
function taskParts(subject: Subject, state: string, task: MachineState, { part, before }: Way): Part[] {
  const { machine } = subject;
  const well = wellAnswered(subject, task);
  const lead = part.name.startsWith('all well;') ? `${part.name.slice('all well; '.length)}; ` : '';
  const answered = (name: string, answers: readonly Answer[], definition?: Machine): Part => ({
    ...part,
    name: `${lead}${state} ${name}`,
    answers: { ...part.answers, [callee(task)]: [...Array<Answer>(before).fill(well), ...answers] },
    ...(definition && { definition }),
  });
  const failed = failuresOf(task).flatMap(({ error, answer, attempts }) =>
    attempts.map((times) =>
      answered(
        `fails ${times}× with ${error}`,
        [...Array<Answer>(times).fill(answer), well],
        error === 'States.Timeout' ? hurried(machine, state) : undefined,
      ),
    ),
  );
  if (MOCKED_ACTIONS[callee(task)]) return failed;
  if (waitsForToken(task)) {
    const tokens = errorsOf(task).map((error): [string, TokenAnswer] => [error, { error, cause: MESSAGE }]);
    return [
      ...failed,
      answered('waits for a token in vain', [{ ok: {} }, well], hurried(machine, state)),
      ...tokens.map(([error, token]) => answered(`is told ${error}`, [{ ok: {}, token }, well])),
      answered('is told a text', [{ ok: {}, token: { ok: 'text' } }, well]),
    ];
  }
  // A selector finds nothing in any of them: one tells it.
  const odd: Json[] = task.ResultSelector ? [null] : [null, 'text', 7, []];
  const damaged = damagedInputs(answerOf(subject, task), () => state);
  return [
    ...failed,
    ...damaged.map(([damage, answer]) => answered(`answers ${damage}`, [{ ok: answer }])),
    ...odd.map((answer) => answered(`answers ${JSON.stringify(answer)}`, [{ ok: answer }])),
  ];
}

/** Inputs that lack something, where all goes well and where something fails. */
function inputParts(machine: Machine, played: readonly Played[]): Part[] {
  const [allWell] = played;
  const failed = played.find(({ part, failing }) => part.input === allWell!.part.input && failing.length > 0);
  const damaged = damagedInputs(allWell!.part.input as JsonObject, (member) => firstReader(machine, member));
  return [allWell!, ...(failed ? [failed] : [])].flatMap(({ part }) =>
    damaged.map(([damage, input]) => ({ ...part, name: `${part.name}; input ${damage}`, input })),
  );
}

/** The first Task, without a time-out of its own, outlives the execution. */
function tooLong(
  machine: Machine,
  tasks: readonly [string, MachineState][],
  input: JsonObject,
  well: Answers,
): Part[] {
  const first = tasks.find(([name]) => name === machine.StartAt);
  if (!first) return [];
  const [name, { TimeoutSeconds: _, ...task }] = first;
  const definition = { ...machine, TimeoutSeconds: 1, States: { ...machine.States, [name]: task } };
  const answers = { ...well, [callee(task)]: [{ late: true } as const] };
  return [{ name: 'the execution takes too long', input, answers, definition }];
}

interface Failure {
  readonly error: string;
  readonly answer: Answer;
  /** How often it happens. */
  readonly attempts: readonly number[];
}

interface WayOut {
  readonly state: string;
  readonly error: string;
  readonly callee: string;
  readonly answers: readonly Answer[];
}

/** The first error for each state to which the Task's errors lead; the retries are spent. */
function waysOf(subject: Subject, state: string, task: MachineState): WayOut[] {
  const targets = new Set<string | undefined>();
  return failuresOf(task).flatMap(({ error, answer, attempts }) => {
    if (error === 'no errorType' || error === 'States.Timeout') return [];
    const target = task.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, error))?.Next;
    if (targets.has(target)) return [];
    targets.add(target);
    const answers = [...Array<Answer>(attempts.at(-1)!).fill(answer), wellAnswered(subject, task)];
    return [{ state, error, callee: callee(task), answers }];
  });
}

function failuresOf(task: MachineState): Failure[] {
  const action = MOCKED_ACTIONS[callee(task)];
  const services = errorsOf(task).filter((error) => error.includes('.') && !error.startsWith('States.'));
  // The names in an action's clauses are its service's. What is named of a function can be anything.
  const refusals = action && [...new Set([...services, action.refusal])];
  const named = refusals ?? [...errorsOf(task), 'no errorType'];
  // Nobody waits for the function of a Task that waits for a token.
  const late = task.TimeoutSeconds && !waitsForToken(task) ? ['States.Timeout'] : [];
  return [...new Set([...named, ...late])].map((error) => {
    const retrier = task.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, error));
    const retries = retrier ? (retrier.MaxAttempts ?? 3) : 0;
    const spent = error === 'no errorType' ? [ALWAYS] : retries > 0 ? [1, retries, retries + 1] : [1];
    const attempts = error === 'States.Timeout' ? [...new Set([1, retries + 1])] : [...new Set(spent)];
    return { error, answer: action ? refusalOf(error) : failureOf(error), attempts };
  });
}

/** The errors that a Task names, and one that it does not. */
function errorsOf({ Retry = [], Catch = [] }: MachineState): string[] {
  const named = [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals);
  const general = ['States.ALL', 'States.TaskFailed', 'States.Timeout'];
  return [...new Set([...named.filter((error) => !general.includes(error)), 'SomethingElse'])];
}

function matches(names: readonly string[], error: string): boolean {
  return (
    names.includes(error) ||
    names.includes('States.ALL') ||
    (names.includes('States.TaskFailed') && error !== 'States.Timeout')
  );
}

function failureOf(error: string): Answer {
  if (error === 'States.Timeout') return { late: true };
  if (error === 'no errorType') return { fail: { errorMessage: MESSAGE } };
  const service = /^Lambda\.(\w+Exception)$/.exec(error)?.[1];
  return service ? { refused: service } : { fail: { errorType: error, errorMessage: MESSAGE } };
}

function refusalOf(error: string): Answer {
  return error === 'States.Timeout' ? { late: true } : { refused: error.replace(/^\w+\./, '') };
}

/** The same machine, in which a Task has the shortest time there is. */
function hurried<Part extends Machine>(machine: Part, state: string): Part {
  const states = Object.entries(machine.States).map(([name, each]): [string, MachineState] => {
    const { Branches, ItemProcessor, Iterator } = each;
    return [
      name,
      {
        ...each,
        ...(name === state && { TimeoutSeconds: 1 }),
        ...(Branches && { Branches: Branches.map((branch) => hurried(branch, state)) }),
        ...(ItemProcessor && { ItemProcessor: hurried(ItemProcessor, state) }),
        ...(Iterator && { Iterator: hurried(Iterator, state) }),
      },
    ];
  });
  return { ...machine, States: Object.fromEntries(states) };
}

function waitsForToken({ Resource = '' }: MachineState): boolean {
  return Resource.endsWith('.waitForTaskToken');
}

function wellAnswered(subject: Subject, task: MachineState): Answer {
  return { ok: answerOf(subject, task), ...(waitsForToken(task) && { token: { ok: {} } }) };
}

function answerOf({ machine, answers }: Subject, task: MachineState): JsonObject {
  const given = answers[callee(task)];
  if (given) return given;
  const selected = Object.values(task.ResultSelector ?? {});
  const paths = selected.filter((path): path is string => typeof path === 'string');
  return withPaths(
    paths.filter((path) => path.startsWith('$.Payload.')).map((path) => path.replace('$.Payload', '$')),
    wantedValues(machine),
  );
}

/** Inputs that have what the states read and no state before has put there. */
function startsOf(machine: Machine): JsonObject[] {
  const states = allStatesOf(machine).map(([, state]) => state);
  const called = states.filter(({ Type }) => Type !== 'Pass');
  const [results, defaults] = [called, states].map((some) =>
    some.flatMap(({ ResultPath }) => ResultPath?.slice(2) ?? []),
  );
  const catches = states.flatMap(({ Catch = [] }) =>
    Catch.flatMap(({ ResultPath }) => ResultPath?.slice(2) ?? []),
  );
  const firstNames = (paths: readonly string[]) => new Set(paths.map((path) => path.split('.')[0]!));
  const made = firstNames([...results!, ...catches]);
  // What a selector reads is a result.
  const texts = JSON.stringify(machine.States, (name, value: unknown) =>
    name === 'ResultSelector' ? undefined : value,
  );
  const read = [...texts.matchAll(/[" (](\$\.[\w.]+)(?=[",)])/g)].map(([, path]) => path!);
  // What is only ever written into must be there, empty, for those that read all of it.
  const whole = [...made].filter((name) => !results!.includes(name) && texts.includes(`.$":"$.${name}"`));
  const input = {
    ...withPaths(
      read.filter((path) => !made.has(path.split('.')[1]!)),
      wantedValues(machine),
    ),
    ...Object.fromEntries(whole.map((name): [string, JsonObject] => [name, {}])),
  };
  const asked = [...texts.matchAll(/"Variable":"\$\.(\w+)","IsPresent"/g)].map(([, name]) => name!);
  const optional = [...new Set([...asked, ...firstNames(defaults!)])].filter((name) => !made.has(name));
  const rest = Object.fromEntries(Object.entries(input).filter(([name]) => !optional.includes(name)));
  const each = optional.map((name) => ({ ...rest, [name]: input[name] ?? `the ${name}` }));
  return [...each.reverse(), rest];
}

/** Values for which Choices ask, by the last name of their paths. */
function wantedValues(machine: Machine): ReadonlyMap<string, Json> {
  const rules = JSON.stringify(machine).matchAll(
    /"Variable":"\$\.(?:\w+\.)*(\w+)","(?:Boolean|Numeric|String)Equals":(true|false|[\d.]+|"[^"]*")/g,
  );
  return new Map([...rules].map(([, name, value]) => [name!, JSON.parse(value!) as Json]));
}

function withPaths(paths: readonly string[], wanted: ReadonlyMap<string, Json>): JsonObject {
  const made: JsonObject = {};
  for (const path of [...paths].sort()) {
    const names = path.split('.').slice(1);
    let at: JsonObject = made;
    names.forEach((name, index) => {
      if (index === names.length - 1) at[name] ??= wanted.get(name) ?? `the ${name}`;
      else at = (typeof at[name] === 'object' ? at[name] : (at[name] = {})) as JsonObject;
    });
  }
  return made;
}

/** The state that is the first to read a member of the input. */
function firstReader({ States }: Machine, member: string): string | undefined {
  const reads = new RegExp(`\\$\\.${member}\\b`);
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
