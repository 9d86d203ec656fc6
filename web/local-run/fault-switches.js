/**
 * A switch for each step of the saga that can be made to fail.
 *
 * @import { Fault, LocalControl } from './control.js'
 */
import { announce } from '../announcer.js';
import { element, part } from '../element.js';

const STEPS = [
  'ReserveSeat',
  'ProcessPayment',
  'GenerateTicket',
  'SendConfirmation',
  'RefundPayment',
  'ReleaseSeat',
];

/** @type {Record<string, { label: string, fault: Fault, only?: string[] }>} */
const FAULTS = {
  'fail-before': { label: 'fails, effect not done', fault: { mode: 'fail-before' } },
  'fail-after': { label: 'fails, effect done', fault: { mode: 'fail-after' } },
  timeout: { label: 'times out, effect done', fault: { mode: 'timeout' } },
  'gateway-before': {
    label: 'gateway does not answer, payment not done',
    fault: { mode: 'fail-before', error: 'PaymentGatewayTimeout' },
    only: ['ProcessPayment', 'RefundPayment'],
  },
  'gateway-after': {
    label: 'gateway does not answer, payment done',
    fault: { mode: 'fail-after', error: 'PaymentGatewayTimeout' },
    only: ['ProcessPayment', 'RefundPayment'],
  },
};

export class FaultSwitches {
  #control;
  #badge;
  /** @type {Map<string, { fault: HTMLSelectElement, times: HTMLSelectElement, row: HTMLElement }>} */
  #switches = new Map();

  /**
   * @param {LocalControl} control
   * @param {HTMLElement} badge says in the header which faults are armed
   */
  constructor(control, badge) {
    this.#control = control;
    this.#badge = badge;
    const disarm = part('disarm-all', HTMLButtonElement);
    disarm.addEventListener('click', () => void this.#change('All steps', () => control.disarmAll()));
    part('fault-switches', HTMLElement).replaceChildren(...STEPS.map((step) => this.#switch(step)));
  }

  async refresh() {
    const armed = await this.#control.faults();
    const names = Object.keys(armed);
    for (const [step, { fault, times, row }] of this.#switches) {
      fault.value = choiceOf(armed[step]);
      // Not while it is off: then the menu says what the next fault will be.
      if (armed[step]) times.value = armed[step].times ? '1' : '';
      row.toggleAttribute('data-armed', armed[step] !== undefined);
    }
    part('disarm-all', HTMLButtonElement).disabled = names.length === 0;
    this.#badge.toggleAttribute('data-armed', names.length > 0);
    this.#badge.textContent =
      names.length === 0 ? 'Local run, no fault armed' : `Fault armed: ${names.join(', ')}`;
  }

  /** @param {string} step */
  #switch(step) {
    const offered = Object.entries(FAULTS).filter(([, { only }]) => !only || only.includes(step));
    const fault = element(
      'select',
      { 'aria-label': `${step}: fault` },
      element('option', { value: '' }, 'works'),
      ...offered.map(([value, { label }]) => element('option', { value }, label)),
    );
    const times = element(
      'select',
      { 'aria-label': `${step}: how often` },
      element('option', { value: '' }, 'every time'),
      element('option', { value: '1' }, 'once'),
    );
    const set = () => void this.#change(step, () => this.#set(step, fault.value, times.value));
    fault.addEventListener('change', set);
    times.addEventListener('change', () => fault.value && set());
    const row = element('div', { class: 'fault-switch' }, element('span', {}, step), fault, times);
    this.#switches.set(step, { fault, times, row });
    return row;
  }

  /**
   * @param {string} step
   * @param {string} choice
   * @param {string} times
   */
  #set(step, choice, times) {
    const { fault } = FAULTS[choice] ?? {};
    return fault
      ? this.#control.arm(step, { ...fault, ...(times && { times: Number(times) }) })
      : this.#control.disarm(step);
  }

  /**
   * @param {string} what
   * @param {() => Promise<void>} change
   */
  async #change(what, change) {
    await change();
    await this.refresh();
    announce(`${what} changed. ${this.#badge.textContent}.`);
  }
}

/** @param {Fault | undefined} armed */
function choiceOf(armed) {
  const found = Object.entries(FAULTS).find(
    ([, { fault }]) => armed && fault.mode === armed.mode && fault.error === armed.error,
  );
  return found?.[0] ?? '';
}
