/**
 * What the console knows of the local run, kept up to date by server-sent events.
 *
 * @import { BusEvent, DurableExecution, ExecutionRecord, InboxMessage, Interference, Partner, Payment, Queue, Schedules,
 *   StateMachine, WaitingTask } from './control-routes.js'
 * @import { Matter } from './attention.js'
 *
 * @typedef {'executions' | 'tasks' | 'durable' | 'attention' | 'bus' | 'queues' | 'partners' | 'schedules' | 'inbox' | 'payments' | 'interference' | 'clock' | 'connection'} Topic
 */
import {
  getClock,
  getInterference,
  listBusEvents,
  listDurableExecutions,
  listExecutions,
  listInbox,
  listPartners,
  listPayments,
  listQueues,
  listSchedules,
  listStateMachines,
  listTasks,
} from './control-routes.js';
import { LiveEvents } from './live-events.js';

/** Executions that are loaded at first; the older ones on demand. */
const FIRST_PAGE = 200;

/** Payments, messages, events and the like that the page remembers, of each. */
const REMEMBERED = 500;

/** Messages of a queue that the page knows; how many there are it is told. */
const LETTERS = 50;

/** @type {Partial<ExecutionRecord>} */
const RUNNING_AGAIN = {
  ...{ status: 'RUNNING', stoppedAt: undefined, output: undefined, error: undefined, cause: undefined },
};

/** Milliseconds: a purchase changes its payment several times in a row, an execution its operations. */
const ASKING_PAUSE = 250;

export class Store {
  /** @type {() => void} */
  #firstLoaded = () => undefined;
  /** @type {ExecutionRecord[]} newest first, with brief events */
  executions = [];
  /** Executions that the server remembers. */
  kept = 0;
  /** Whether the server may have older ones. */
  older = false;
  /** @type {WaitingTask[]} */
  tasks = [];
  /** @type {InboxMessage[]} newest first */
  inbox = [];
  /** @type {Payment[]} newest first */
  payments = [];
  /** @type {DurableExecution[]} newest first */
  durable = [];
  /** @type {BusEvent[]} newest first */
  bus = [];
  /** What needs attention, once that was looked at. @type {Matter[] | undefined} */
  matters;
  /** @type {Queue[]} */
  queues = [];
  /** @type {Partner[]} */
  partners = [];
  /** @type {Schedules} */
  schedules = { held: false, schedules: [], recurring: [] };
  /** @type {Interference} */
  interference = { faults: {}, kills: {}, secondsBeforeState: 0 };
  /** @type {StateMachine[]} */
  stateMachines = [];
  /** Milliseconds that the clock of the run is ahead of this machine's. */
  clockOffset = 0;
  connected = false;
  /** Whether everything was loaded once. */
  loaded = false;
  /** Resolves when it was. @type {Promise<void>} */
  whenLoaded = new Promise((resolve) => (this.#firstLoaded = resolve));

  #topics = new EventTarget();
  /** Topics that are going to be asked about. @type {Set<Topic>} */
  #asking = new Set();

  start() {
    new LiveEvents({
      load: () => this.#load(),
      events: {
        'execution-started': (execution) => this.#started(execution),
        'execution-event': ({ executionArn, event }) => this.#happened(executionArn, event),
        'execution-ended': (execution) => this.#ended(execution),
        tasks: () => this.#askSoon('tasks', async () => ({ tasks: await listTasks() })),
        inbox: (message) => this.#received(message),
        payments: () => this.#askSoon('payments', async () => ({ payments: await listPayments(REMEMBERED) })),
        'durable-executions': () =>
          this.#askSoon('durable', async () => ({ durable: await listDurableExecutions(REMEMBERED) })),
        bus: () => this.#askSoon('bus', async () => ({ bus: await listBusEvents(REMEMBERED) })),
        queues: () => this.#askSoon('queues', async () => ({ queues: await listQueues(LETTERS) })),
        partners: () => this.#askSoon('partners', async () => ({ partners: await listPartners(REMEMBERED) })),
        schedules: () =>
          this.#askSoon('schedules', async () => ({ schedules: await listSchedules(REMEMBERED) })),
        faults: (interference) => this.#set('interference', { interference }),
        clock: (clock) => this.#set('clock', { clockOffset: offsetOf(clock) }),
        reset: () => this.#load(),
      },
      connected: (connected) => this.#set('connection', { connected }),
    }).open();
  }

  /**
   * Calls the listener when one of the topics has changed, until the signal says stop.
   *
   * @param {readonly Topic[]} topics
   * @param {(topic: Topic, detail: any) => void} listener
   * @param {AbortSignal} signal
   */
  on(topics, listener, signal) {
    for (const topic of topics) {
      this.#topics.addEventListener(
        topic,
        (event) => listener(topic, /** @type {CustomEvent} */ (event).detail),
        { signal },
      );
    }
  }

  /** @param {string} id */
  execution(id) {
    return this.executions.find((execution) => execution.id === id || execution.executionArn === id);
  }

  /** Loads everything that the server remembers. */
  async loadOlder() {
    const { executions } = await listExecutions(this.kept);
    this.#set('executions', { executions, older: false });
  }

  /** @param {Matter[]} matters */
  setMatters(matters) {
    this.#set('attention', { matters });
  }

  async #load() {
    const [
      { executions, kept },
      tasks,
      durable,
      bus,
      queues,
      partners,
      schedules,
      inbox,
      payments,
      interference,
      clock,
      stateMachines,
    ] = await Promise.all([
      listExecutions(FIRST_PAGE),
      listTasks(),
      listDurableExecutions(REMEMBERED),
      listBusEvents(REMEMBERED),
      listQueues(LETTERS),
      listPartners(REMEMBERED),
      listSchedules(REMEMBERED),
      listInbox(),
      listPayments(REMEMBERED),
      getInterference(),
      getClock(),
      this.stateMachines.length > 0 ? this.stateMachines : listStateMachines(),
    ]);
    Object.assign(this, { kept, stateMachines, loaded: true });
    this.#set('executions', { executions, older: executions.length === FIRST_PAGE });
    this.#set('tasks', { tasks });
    this.#set('inbox', { inbox: inbox.slice(0, REMEMBERED) });
    this.#set('payments', { payments });
    this.#set('durable', { durable });
    this.#set('bus', { bus });
    this.#set('queues', { queues });
    this.#set('partners', { partners });
    this.#set('schedules', { schedules });
    this.#set('interference', { interference });
    this.#set('clock', { clockOffset: offsetOf(clock) });
    this.#firstLoaded();
  }

  /** @param {ExecutionRecord} execution */
  #started(execution) {
    if (this.execution(execution.executionArn)) return;
    this.executions.unshift({ ...execution, events: [] });
    if (this.executions.length > this.kept) this.executions.length = this.kept;
    this.#tell('executions', execution);
  }

  /**
   * @param {string} executionArn
   * @param {ExecutionRecord['events'][number]} event
   */
  #happened(executionArn, { input: _, output: __, cause: ___, ...event }) {
    const execution = this.execution(executionArn);
    // What was loaded after the event had happened has it already.
    if (!execution || event.id <= execution.events.length) return;
    execution.events.push(event);
    if (event.type === 'ExecutionRedriven') Object.assign(execution, RUNNING_AGAIN);
    this.#tell('executions', execution);
  }

  /** @param {ExecutionRecord} ended */
  #ended(ended) {
    const execution = this.execution(ended.executionArn);
    if (!execution) return;
    Object.assign(execution, ended, { events: execution.events });
    this.#tell('executions', execution);
  }

  /** @param {InboxMessage} message */
  #received(message) {
    if (this.inbox.some(({ id }) => id === message.id)) return;
    this.#set('inbox', { inbox: [message, ...this.inbox].slice(0, REMEMBERED) });
  }

  /**
   * @param {Topic} topic
   * @param {() => Promise<Partial<Store>>} load
   */
  #askSoon(topic, load) {
    if (this.#asking.has(topic)) return;
    this.#asking.add(topic);
    setTimeout(async () => {
      this.#asking.delete(topic);
      this.#set(topic, await load());
    }, ASKING_PAUSE);
  }

  /**
   * @param {Topic} topic
   * @param {Partial<Store>} change
   */
  #set(topic, change) {
    Object.assign(this, change);
    this.#tell(topic);
  }

  /**
   * @param {Topic} topic
   * @param {unknown} [detail]
   */
  #tell(topic, detail) {
    this.#topics.dispatchEvent(new CustomEvent(topic, { detail }));
  }
}

/** @param {{ now: string }} clock */
function offsetOf({ now }) {
  return Date.parse(now) - Date.now();
}
