import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { type Revocations, revocationsSchema } from '../../lambda/ticket/ticket-answers';

/** What a gate without a network knows of the purchases that were cancelled, by event. */
export class RevocationList {
  private constructor(private readonly events: ReadonlyMap<string, readonly Revocations[]>) {}

  /**
   * @param files saved answers of `GET /events/{eventId}/revocations`: the pages of a list in their order, and later ones
   * @throws Error naming the file that is none, or the page that is missing
   */
  static read(files: readonly string[]): RevocationList {
    const events = new Map<string, Revocations[]>();
    for (const file of files) {
      const { success, data } = z.safeParse(revocationsSchema, parseJson(readFileSync(file, 'utf8')));
      if (!success)
        throw new Error(`${file} is no list of revocations: {"eventId", "asOf", "revocations": […]}`);
      events.set(data.eventId, [...(events.get(data.eventId) ?? []), data]);
    }
    for (const [eventId, answers] of events) {
      const cursor = answers.at(-1)!.nextCursor;
      if (cursor === undefined) continue;
      throw new Error(
        `The list of the event ${eventId} goes on: save ?cursor=${cursor}, too, and give it after the others`,
      );
    }
    return new RevocationList(events);
  }

  has(eventId: string): boolean {
    return this.events.has(eventId);
  }

  isRevoked(eventId: string, reference: string): boolean {
    const answers = this.events.get(eventId) ?? [];
    return answers.some(({ revocations }) => revocations.some((each) => each.reference === reference));
  }

  /** How old each is, for a person: what was cancelled since, the gate does not know. */
  *ages(now: number): Generator<string> {
    for (const [eventId, answers] of this.events) {
      const asOf = Math.max(...answers.map((answer) => Date.parse(answer.asOf)));
      const time = new Date(asOf).toISOString();
      yield `The list of revocations of ${eventId} is ${ageText(now - asOf)} old, as of ${time}`;
    }
  }
}

/** @param milliseconds of two clocks, so it may be less than nothing */
function ageText(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} days`;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
