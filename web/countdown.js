/** How long what is bought is held: to be seen every second, and to be heard when it matters. */
import { announce } from './announcer.js';
import { element } from './element.js';

/** Seconds that are left when it is said. */
const SAID_AT = [120, 60, 30];

/** Milliseconds; more often than the seconds change. */
const TICK = 250;

export class Countdown {
  #time = element('strong', { role: 'timer', 'aria-label': 'Time left' });
  element;
  #held;
  #deadline = 0;
  /** Seconds, as last seen. */
  #left = Infinity;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {string} held `Your seats are held` */
  constructor(held) {
    this.#held = held;
    this.element = element('p', { class: 'countdown' }, `${held} for `, this.#time);
  }

  /** @param {number | undefined} deadline milliseconds since the epoch, on this machine's clock; none: nothing is held */
  show(deadline) {
    if (deadline === undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#left = Infinity;
      return;
    }
    this.#deadline = deadline;
    this.#timer ??= setInterval(() => this.#tick(), TICK);
    this.#tick();
  }

  #tick() {
    const left = secondsUntil(this.#deadline, Date.now());
    if (left === this.#left) return;
    if (isSaid(this.#left, left)) announce(`${this.#held} for ${spokenTime(left)}.`);
    this.#left = left;
    this.#time.textContent = clockOf(left);
  }
}

/**
 * @param {number} deadline
 * @param {number} now
 * @returns {number} whole seconds, 0 when it is over
 */
export function secondsUntil(deadline, now) {
  return Math.max(0, Math.ceil((deadline - now) / 1_000));
}

/**
 * At the start, and when one of the times is reached or passed: a hidden tab counts in leaps.
 *
 * @param {number} before seconds; Infinity at the start
 * @param {number} left seconds
 */
export function isSaid(before, left) {
  return left > 0 && (before === Infinity || SAID_AT.some((time) => before > time && left <= time));
}

/**
 * `4:05`.
 *
 * @param {number} seconds
 */
export function clockOf(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * `4 minutes 5 seconds`.
 *
 * @param {number} seconds
 */
export function spokenTime(seconds) {
  const parts = [counted(Math.floor(seconds / 60), 'minute'), counted(seconds % 60, 'second')];
  return parts.filter(Boolean).join(' ');
}

/**
 * @param {number} count
 * @param {string} unit
 */
function counted(count, unit) {
  if (count === 0) return '';
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}
