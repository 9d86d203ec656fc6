import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface AttackOptions {
  /** Of the API. */
  readonly url: string;
  /** Of this machine: 127.0.1.1, 127.0.1.2 and so on. */
  readonly addresses: number;
  /** Loops on each address: each begins again as soon as it has its answer. */
  readonly loopsPerAddress: number;
}

/** Milliseconds after which a loop that was refused by the firewall comes back. */
const COME_BACK_MS = 2_000;

/** No loop sends more, whatever becomes of who started it. */
const MOST_REQUESTS_PER_LOOP = 5_000;

export interface Order {
  readonly eventId: string;
  readonly seats: readonly string[];
  readonly paymentMethod: string;
}

/** One try to buy, from this address. @returns the status; 0 without an answer */
export function tryToBuy(
  url: string,
  { eventId, seats, paymentMethod }: Order,
  agent: Agent,
): Promise<number> {
  const body = JSON.stringify({
    ...{ eventId, seats, paymentMethod },
    buyer: { name: 'Ann Lee', email: 'ann@example.com' },
  });
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  return new Promise((resolve) => {
    const asked = request(`${url}/purchases`, { method: 'POST', headers, agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    asked.on('error', () => resolve(0));
    asked.end(body);
  });
}

export function agentAt(localAddress: string): Agent {
  return new Agent({ localAddress, keepAlive: true });
}

/** Bots that hold all seats of an event again and again, with cards that are declined. */
export class Attack {
  private readonly agents: Agent[];
  private readonly loops: Promise<void>[] = [];
  private target: Order | undefined;
  private stopped = false;
  /** Answers by status. */
  readonly answers = new Map<number, number>();

  constructor(private readonly options: AttackOptions) {
    this.agents = Array.from({ length: options.addresses }, (_, index) => agentAt(`127.0.1.${index + 1}`));
  }

  /** All turn to this event; the first call starts them. */
  aimAt(eventId: string, seats: readonly string[]): void {
    this.target = { eventId, seats, paymentMethod: 'pm_card_chargeDeclined' };
    if (this.loops.length > 0) return;
    for (const agent of this.agents) {
      for (let loop = 0; loop < this.options.loopsPerAddress; loop++) this.loops.push(this.attack(agent));
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const agent of this.agents) agent.destroy();
    await Promise.all(this.loops);
  }

  private async attack(agent: Agent): Promise<void> {
    for (let sent = 0; sent < MOST_REQUESTS_PER_LOOP && !this.stopped; sent++) {
      const status = await tryToBuy(this.options.url, this.target!, agent);
      this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
      // Unreferenced, so that a loop that waits does not keep the program.
      if (status === 403 || status === 0) await delay(COME_BACK_MS, undefined, { ref: false });
    }
  }
}
