import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { PURCHASE_EVENT_NAMES } from '../../lambda/domain-event/purchase-events';
import { purchasePattern } from '../../lib/event-bus/purchase-pattern';
import { compileEventPatternText } from '../../local/eventbridge/event-pattern';
import { type Comparison } from '../comparison';
import { type JavaEngine, playInJava } from '../java-engines';
import { type Answer, type Matched, NAMED } from './named-differences';
import { detail, MATCHES, REFUSED } from './pattern-cases';

interface PatternCase {
  readonly name: string;
  /** Text, as it may be no JSON. */
  readonly pattern: string;
  readonly events: readonly object[];
}

const RULER: JavaEngine = {
  name: 'event-ruler-1.8.1',
  pom: join(__dirname, 'pom.xml'),
  source: join(__dirname, 'Patterns.java'),
};

/** Patterns that are drawn for each run that is asked for. */
const DRAWN_PER_RUN = 20;

/** EventBridge matches events by this engine ("Open-sourcing event-ruler", AWS Compute Blog, read November 2026). */
export const EVENT_PATTERNS: Comparison = {
  name: 'event-patterns',
  about: "event patterns in AWS's own engine, Event Ruler",
  named: NAMED,
  async compare({ signal, progress, runs }) {
    const cases = [...documented(), ...ofPipes(), ...drawn(runs * DRAWN_PER_RUN)];
    progress(`${cases.length} patterns`);
    const theirs = await playInJava<Answer>(RULER, [], cases, signal);
    const compared = cases.map((each, index): Matched => {
      const [our, their] = [ourAnswer(each), theirs[index]!];
      const equal = 'error' in our ? 'error' in their : isDeepStrictEqual(our, their);
      return { ...each, name: `${each.name} ${each.pattern}`, ours: our, theirs: their, equal };
    });
    return { against: 'Event Ruler 1.8.1', cases: compared };
  },
};

function ourAnswer({ pattern, events }: PatternCase): Answer {
  try {
    const matches = compileEventPatternText(pattern);
    return { matches: events.map((event) => matches(event)) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** The table of the unit tests. */
function documented(): PatternCase[] {
  return [
    ...MATCHES.map(([name, pattern, matching, others]) => ({
      name,
      pattern: JSON.stringify({ detail: pattern }),
      events: [...matching, ...others].map(detail),
    })),
    ...REFUSED.map(([name, pattern]) => ({ name, pattern, events: [] })),
  ];
}

/** What the app's own pipe goes by, on every change of status and counter. */
function ofPipes(): PatternCase[] {
  const statuses = ['PENDING', 'PAID', 'CONFIRMED', 'COMPENSATING', 'FAILED', 'CANCELLING', 'CANCELLED'];
  const images = [
    ...statuses.map((status) => ({ status: { S: status } })),
    ...[{}, { admitted: { N: '1' } }, { admitted: { N: '8' } }, { admitted: { N: '9' } }],
  ];
  return PURCHASE_EVENT_NAMES.map((event) => ({
    name: event,
    pattern: JSON.stringify(purchasePattern(event)),
    events: images.flatMap((OldImage) =>
      images.flatMap((image) =>
        [{ domainEvent: { S: event } }, {}].map((named) => ({
          dynamodb: { OldImage, NewImage: { ...named, ...image } },
        })),
      ),
    ),
  }));
}

/** The same ones each time. Few names and values, so that patterns and events meet. */
function drawn(count: number): PatternCase[] {
  const name = fc.constantFrom('a', 'b', 'c');
  const text = fc.oneof(
    fc.string({
      unit: fc.constantFrom('a', 'b', 'A', '*', '.', '\\', '"', 'é', 'ß', 'İ', '1', '0'),
      maxLength: 4,
    }),
    fc.constantFrom('10.0.0.1', '10.0.1.7', '2001:db8::1', '2001:DB8:0:0::1', 'true', 'null', '1e1', '1.0'),
  );
  const number = fc.oneof(
    fc.constantFrom(0, 1, 1.5, -1, 10, 1e3, 0.1, -0.5, 5_000_000_000),
    fc.integer({ min: -9, max: 9 }),
  );
  const leaf = fc.oneof(text, number, fc.boolean(), fc.constant(null));
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      ...[leaf, leaf],
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(name, tie('node'), { maxKeys: 3 }),
    ),
  }));
  const listed = <Value>(values: fc.Arbitrary<Value>) =>
    fc.oneof(values, fc.array(values, { minLength: 1, maxLength: 3 }));
  const range = fc
    .tuple(fc.constantFrom('>', '>='), number, fc.constantFrom('<', '<='), number)
    .map(([lower, from, upper, to]) => [lower, from, upper, to]);
  const operator = fc.oneof(
    ...['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].map((kind) =>
      text.map((each) => ({ [kind]: each })),
    ),
    ...['prefix', 'suffix'].map((kind) => text.map((each) => ({ [kind]: { 'equals-ignore-case': each } }))),
    fc.boolean().map((exists) => ({ exists })),
    listed(text).map((each) => ({ 'anything-but': each })),
    listed(number).map((each) => ({ 'anything-but': each })),
    ...['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].map((kind) =>
      listed(text).map((each) => ({ 'anything-but': { [kind]: each } })),
    ),
    fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), number).map((numeric) => ({ numeric })),
    range.map((numeric) => ({ numeric })),
    fc
      .constantFrom('10.0.0.0/24', '10.0.0.0/0', '2001:db8::/32', '10.0.0.0/31', '::/0')
      .map((cidr) => ({ cidr })),
  );
  const values = fc.array(fc.oneof(leaf, operator), { minLength: 1, maxLength: 3 });
  const { pattern } = fc.letrec<{ pattern: unknown }>((tie) => ({
    pattern: fc.oneof(
      { depthSize: 'small' },
      ...[values, values],
      fc.dictionary(name, tie('pattern'), { minKeys: 1, maxKeys: 3 }),
      fc
        .tuple(
          fc.array(fc.dictionary(name, tie('pattern'), { minKeys: 1, maxKeys: 2 }), {
            minLength: 2,
            maxLength: 3,
          }),
          fc.dictionary(name, tie('pattern'), { maxKeys: 1 }),
        )
        .map(([$or, more]) => ({ ...more, $or })),
    ),
  }));
  const event = fc.dictionary(name, node, { maxKeys: 3 });
  const one = fc.tuple(
    fc.dictionary(name, pattern, { minKeys: 1, maxKeys: 2 }),
    fc.array(event, { minLength: 5, maxLength: 5 }),
  );
  return fc.sample(one, { numRuns: count, seed: 7 }).map(([asked, events]) => ({
    ...{ name: 'drawn', pattern: JSON.stringify(asked) },
    events: events.map((each) => JSON.parse(JSON.stringify(each)) as object),
  }));
}
