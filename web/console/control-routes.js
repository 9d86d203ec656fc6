/**
 * The control routes of the local run, `/local/…`, as the console uses them. See local/README.md.
 *
 * @import { Channel } from '../channels.js'
 *
 * @typedef {'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED'} ExecutionStatus
 *
 * @typedef {{ id: number, timestamp: string, type: string, state?: string, attempt?: number, input?: unknown,
 *   output?: unknown, error?: string, cause?: string, retry?: { count: number, waitSeconds: number },
 *   next?: string, within?: readonly Branch[] }} ExecutionEvent
 *
 * @typedef {{ state: string, index: number }} Branch  Of a Parallel state, or an iteration of a Map; the first is 0.
 *
 * @typedef {{ executionArn: string, id: string, name: string, stateMachine: string, stateMachineArn: string,
 *   type: 'EXPRESS' | 'STANDARD', tags: Record<string, string>, status: ExecutionStatus, startedAt: string,
 *   stoppedAt?: string, input: unknown, output?: unknown, error?: string, cause?: string }} Execution
 *
 * @typedef {Execution & { events: ExecutionEvent[] }} ExecutionRecord  In lists, the events are brief: without input,
 *   output and cause.
 *
 * @typedef {{ state: string, type: string, afterError: boolean, calls?: string, isContainer?: true, x: number, y: number,
 *   width: number, height: number }} GraphNode  `calls`: a service, without a function.
 *
 * @typedef {{ from: string, to: string, kind: 'next' | 'choice' | 'default' | 'catch', errors?: string[],
 *   points: { x: number, y: number }[] }} GraphEdge
 *
 * @typedef {{ startAt: string, width: number, height: number, nodes: GraphNode[], edges: GraphEdge[] }} Graph
 *
 * @typedef {{ Type: string, Resource?: string, Retry?: { ErrorEquals: string[] }[],
 *   Catch?: { ErrorEquals: string[], Next: string }[], Comment?: string }} StateDefinition
 *
 * @typedef {{ arn: string, name: string, type: 'EXPRESS' | 'STANDARD', tags: Record<string, string>,
 *   definition: { StartAt: string, States: Record<string, StateDefinition> }, graph: Graph }} StateMachine
 *
 * @typedef {{ token: string, executionArn: string, state: string, since: string, stateMachine: string,
 *   tags: Record<string, string> }} WaitingTask
 *
 * @typedef {{ id: string, channel: Channel, to: string, from?: string, subject?: string,
 *   text?: string, html?: string, headers?: Record<string, string>, raw?: string, receivedAt: string,
 *   messageId: string }} InboxMessage
 *
 * @typedef {{ paymentIntentId: string, status: string, amount: number, currency: string, captured: number,
 *   refunded: number, metadata: Record<string, string>, paymentMethod: string | null, idempotencyKeys: string[],
 *   charges: { id: string, status: string, amount: number, failureCode: string | null }[],
 *   refunds: { id: string, status: string, amount: number }[], created: string }} Payment
 *
 * @typedef {{ name: string, arn: string, function: string, version: string,
 *   status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED', startedAt: string, endedAt?: string, input: string,
 *   result?: string, error?: DurableError, invocations: number, replays: number, operationsUsed: number,
 *   bytesWritten: number, parent?: string }} DurableExecution
 *
 * @typedef {{ ErrorType?: string, ErrorMessage?: string }} DurableError
 *
 * @typedef {{ id: string, parentId?: string, name?: string, type: string, subType?: string, status: string,
 *   attempts?: number, startedAt: string, endedAt?: string, retriesAt?: string, waitsUntil?: string, timesOutAt?: string,
 *   invokes?: string, result?: string, error?: DurableError }} DurableOperation
 *
 * @typedef {{ id: string, startedAt: string, endedAt: string, error?: DurableError }} EndedInvocation
 *
 * @typedef {DurableExecution & { operations: DurableOperation[], endedInvocations: EndedInvocation[] }} DurableRecord
 *
 * @typedef {{ rule: string, target: string, targetArn: string, status: 'pending' | 'delivered' | 'failed', attempts: number,
 *   error?: { code: string, message: string }, retriesAt?: string, settledAt?: string }} Delivery
 *
 * @typedef {{ id: string, 'detail-type': string, source: string, time: string, bus: string, detail: Record<string, unknown>,
 *   'replay-name'?: string, deliveries: Delivery[] }} BusEvent
 *
 * @typedef {{ name: string, group: string, arn: string, at: string, status: 'waiting' | 'completed', expression: string,
 *   timezone: string, state: string, target: string, input: unknown, error?: string }} OneTimeSchedule
 *
 * @typedef {{ name: string, expression: string, nextAt: string }} RecurringSchedule
 *
 * @typedef {{ held: boolean, schedules: OneTimeSchedule[], recurring: RecurringSchedule[] }} Schedules
 *
 * @typedef {{ id: string, method: string, path: string, body: unknown, status: number, receivedAt: string }} PartnerRequest
 *
 * @typedef {{ name: string, mode: { status?: number, seconds?: number }, requests: PartnerRequest[] }} Partner
 *
 * @typedef {{ id: string, body: string, attributes: Record<string, string>, sentAt: string, receiveCount: number,
 *   from?: string }} QueuedMessage  `from`: the queue that gave it up.
 *
 * @typedef {{ name: string, arn: string, tags: Record<string, string>, deadLettersOf: string[], visible: number,
 *   inFlight: number, delayed: number, messages: QueuedMessage[] }} Queue
 *
 * @typedef {{ functionName: string, stream: 'stdout' | 'stderr', text: string, at: string }} LogLine
 *
 * @typedef {'fail-before' | 'fail-after' | 'timeout'} FaultMode
 * @typedef {{ mode: FaultMode, error?: string, times?: number }} Fault
 * @typedef {{ times?: number }} Kill
 * @typedef {{ faults: Record<string, Fault>, kills: Record<string, Kill>, secondsBeforeState: number }} Interference
 *
 * @typedef {{ table: string, item: Record<string, any> }} FoundItem
 * @typedef {{ bucket: string, key: string, size: number, lastModified: number }} FoundObject
 */

/** Where the server tells what happens, as server-sent events. */
export const EVENTS_PATH = '/local/events';

/** A request that was refused, in the words of the server. */
export class Refused extends Error {}

/**
 * @param {number} limit
 * @returns {Promise<{ executions: ExecutionRecord[], kept: number }>} newest first, with brief events
 */
export function listExecutions(limit) {
  return ask('GET', `/local/executions?events=brief&limit=${limit}`);
}

/**
 * @param {string} id
 * @returns {Promise<ExecutionRecord>}
 */
export function getExecution(id) {
  return ask('GET', `/local/executions/${encodeURIComponent(id)}`);
}

/**
 * @param {string} text
 * @returns {Promise<LogLine[]>} what the functions printed that mentions it, oldest first
 */
export async function listLogLines(text) {
  return (await ask('GET', `/local/logs?mentions=${encodeURIComponent(text)}`)).lines;
}

/** @param {string} id of an execution that runs */
export async function killExecution(id) {
  await ask('POST', `/local/executions/${encodeURIComponent(id)}/kill`);
}

/** @param {string} id of an execution that has failed, timed out or been killed, of a Standard workflow */
export async function redriveExecution(id) {
  await ask('POST', `/local/executions/${encodeURIComponent(id)}/redrive`);
}

/** @returns {Promise<WaitingTask[]>} */
export async function listTasks() {
  return (await ask('GET', '/local/tasks')).tasks;
}

/**
 * @param {string} token of a task that waits
 * @param {{ output: unknown } | { error: string, cause: string }} answer
 */
export async function answerTask(token, answer) {
  await ask('POST', `/local/tasks/${encodeURIComponent(token)}`, answer);
}

/** @returns {Promise<StateMachine[]>} */
export async function listStateMachines() {
  return (await ask('GET', '/local/state-machines')).stateMachines;
}

/** @returns {Promise<InboxMessage[]>} newest first */
export async function listInbox() {
  return (await ask('GET', '/local/inbox')).messages;
}

/** @param {string} id of an e-mail with HTML */
export function mailPath(id) {
  return `/local/inbox/${encodeURIComponent(id)}/html`;
}

/**
 * @param {number} limit
 * @returns {Promise<Payment[]>} newest first
 */
export async function listPayments(limit) {
  return (await ask('GET', `/local/payments?limit=${limit}`)).payments;
}

/**
 * @param {number} limit
 * @returns {Promise<DurableExecution[]>} newest first
 */
export async function listDurableExecutions(limit) {
  return (await ask('GET', `/local/durable-executions?limit=${limit}`)).executions;
}

/**
 * @param {string} id name or ARN
 * @returns {Promise<DurableRecord>}
 */
export function getDurableExecution(id) {
  return ask('GET', `/local/durable-executions/${encodeURIComponent(id)}`);
}

/**
 * @param {number} limit
 * @returns {Promise<BusEvent[]>} newest first
 */
export async function listBusEvents(limit) {
  return (await ask('GET', `/local/bus?limit=${limit}`)).events;
}

/**
 * Sends an event to its rules once more.
 *
 * @param {string} id
 * @param {string} [rule] the only one that gets it
 */
export async function replayEvent(id, rule) {
  await ask('POST', `/local/bus/${encodeURIComponent(id)}/replay`, { rule });
}

/**
 * @param {number} limit
 * @returns {Promise<Schedules>} the next first
 */
export function listSchedules(limit) {
  return ask('GET', `/local/schedules?limit=${limit}`);
}

/**
 * @param {number} limit of the requests of each
 * @returns {Promise<Partner[]>}
 */
export async function listPartners(limit) {
  return (await ask('GET', `/local/partners?limit=${limit}`)).partners;
}

/**
 * @param {number} limit of the messages of each
 * @returns {Promise<Queue[]>}
 */
export async function listQueues(limit) {
  return (await ask('GET', `/local/queues?limit=${limit}`)).queues;
}

/**
 * Tries again what a queue holds, as a deployment does.
 *
 * @param {string} name
 * @returns {Promise<string[]>} what was said about it
 */
export async function redriveQueue(name) {
  return (await ask('POST', `/local/queues/${encodeURIComponent(name)}/redrive`)).said;
}

/**
 * @param {string} text
 * @returns {Promise<{ items: FoundItem[], objects: FoundObject[] }>} everything that is stored and mentions the text
 */
export function findRecords(text) {
  return ask('GET', `/local/records?mentions=${encodeURIComponent(text)}`);
}

/**
 * Every item that has the attribute, and the text as the whole of a value, of the two those that are given.
 *
 * @param {{ attribute?: string, value?: string, fields?: readonly string[] }} wanted `fields`: the only attributes that are told
 * @returns {Promise<FoundItem[]>}
 */
export async function findItems({ attribute, value, fields }) {
  const query = new URLSearchParams({
    ...(attribute && { attribute }),
    ...(value && { value }),
    ...(fields && { fields: fields.join(',') }),
  });
  return (await ask('GET', `/local/items?${query}`)).items;
}

/** @returns {Promise<Interference>} */
export async function getInterference() {
  const [faults, kills, { secondsBeforeState }] = await Promise.all([
    ask('GET', '/local/faults'),
    ask('GET', '/local/kills'),
    ask('GET', '/local/pace'),
  ]);
  return { faults, kills, secondsBeforeState };
}

/**
 * @param {string} state
 * @param {Fault | undefined} fault none disarms it
 */
export async function setFault(state, fault) {
  await ask(fault ? 'PUT' : 'DELETE', `/local/faults/${encodeURIComponent(state)}`, fault);
}

/**
 * @param {string} state
 * @param {Kill | undefined} kill none disarms it
 */
export async function setKill(state, kill) {
  await ask(kill ? 'PUT' : 'DELETE', `/local/kills/${encodeURIComponent(state)}`, kill);
}

export async function disarmAll() {
  await Promise.all([ask('DELETE', '/local/faults'), ask('DELETE', '/local/kills')]);
}

/** @param {number} secondsBeforeState */
export async function setPace(secondsBeforeState) {
  await ask('PUT', '/local/pace', { secondsBeforeState });
}

/** @returns {Promise<{ now: string }>} */
export function getClock() {
  return ask('GET', '/local/clock');
}

/** @param {number} advanceSeconds */
export async function advanceClock(advanceSeconds) {
  await ask('POST', '/local/clock', { advanceSeconds });
}

export async function reset() {
  await ask('POST', '/local/reset');
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
async function ask(method, path, body) {
  const response = await fetch(path, {
    method,
    cache: 'no-store',
    ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (response.status === 204) return undefined;
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer.detail ?? `${path} answered ${response.status}.`);
  return answer;
}
