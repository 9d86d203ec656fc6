import { type Compared, type Comparison, type NamedDifference } from '../comparison';
import { type Exchange, recordTraffic } from './traffic';
import { OpenApi } from './openapi';
import { startStripeMock, STRIPE_MOCK, stripeSpecification } from './stripe-mock';

const WELL: readonly string[] = [];

interface ComparedCall extends Compared {
  readonly ours: unknown;
  /** What Stripe's side finds wrong. */
  readonly theirs: readonly string[];
}

const problemsOnly = (name: string, isIt: (problem: string) => boolean): NamedDifference => ({
  name,
  explains: (compared) => (compared as ComparedCall).theirs.every(isIt),
});

const NEWER_MEMBERS = [
  ...['payment_record', 'source', 'intended_submission_method', 'submission_method'],
  'electronic_commerce_indicator',
];

const NAMED_BY_OPENAPI: readonly NamedDifference[] = [
  problemsOnly(
    'The newest description that is published as a module, 2026-08-26.dahlia, is of an API version before the one that the SDK pins.',
    (problem) => problem.startsWith('the API version is '),
  ),
  problemsOnly(
    'Members that 2026-10-28.endive has (the SDK’s types require them) are not in the description of 2026-08-26.dahlia: `source` and `payment_record` of an intent, how a dispute’s evidence is submitted, a card’s `electronic_commerce_indicator`.',
    (problem) =>
      NEWER_MEMBERS.some((member) => problem.endsWith(`must NOT have additional properties: ${member}`)),
  ),
];

export const STRIPE_OPENAPI: Comparison = {
  name: 'stripe-openapi',
  about:
    "what the payment gateway asks, and the local Stripe server answers, by Stripe's OpenAPI description",
  named: NAMED_BY_OPENAPI,
  async compare({ signal, progress }) {
    const openApi = new OpenApi(await stripeSpecification(signal));
    progress('playing payments');
    const { exchanges, events } = await recordTraffic(signal);
    progress(`${exchanges.length} requests and answers, ${events.length} events`);
    const versions = new Set(exchanges.map(({ stripeVersion }) => stripeVersion));
    const cases = [
      ...[...versions].map((version) =>
        judged(
          'the API version',
          version,
          version === openApi.version ? WELL : [`the API version is ${openApi.version}`],
        ),
      ),
      ...exchanges.flatMap((exchange) => {
        const { method, path, during, query, body, status, answer } = exchange;
        const name = `${method} ${path} (${during})`;
        return [
          judged(`${name}: request`, [query, body], openApi.problemsOfRequest(exchange)),
          judged(`${name}: answer ${status}`, answer, openApi.problemsOfAnswer(exchange, status, answer)),
        ];
      }),
      ...events.map((event) =>
        judged(`event ${(event as { readonly type: string }).type}`, event, openApi.problemsOfEvent(event)),
      ),
    ];
    return { against: `Stripe's OpenAPI description, ${openApi.version}`, cases };
  },
};

export const STRIPE_MOCK_SERVER: Comparison = {
  name: 'stripe-mock',
  about: "the payment gateway's requests, asked of Stripe's own server for tests",
  named: [],
  async compare({ signal, progress }) {
    const mock = await startStripeMock(signal);
    try {
      progress('playing payments');
      const { exchanges } = await recordTraffic(signal);
      progress(`${exchanges.length} requests`);
      const cases: Compared[] = [];
      for (const exchange of exchanges) {
        if (signal.aborted) throw signal.reason;
        const { method, path, during, query, body } = exchange;
        cases.push(
          judged(`${method} ${path} (${during})`, [query, body], await refusalOf(mock.url, exchange)),
        );
      }
      return { against: STRIPE_MOCK.replace(/^.*\//, '').replace('@v', ' '), cases };
    } finally {
      await mock.close();
    }
  },
};

function judged(name: string, ours: unknown, problems: readonly string[]): ComparedCall {
  return { name, ours, theirs: problems, equal: problems.length === 0 };
}

/** What the server has against the request. It has no payments: whatever is asked for by its id is there. */
async function refusalOf(
  server: string,
  { method, path, query, body }: Exchange,
): Promise<readonly string[]> {
  const answer = await fetch(`${server}${path}${query && `?${query}`}`, {
    method,
    headers: {
      Authorization: 'Bearer sk_test_local',
      ...(method === 'POST' && { 'Content-Type': 'application/x-www-form-urlencoded' }),
    },
    ...(method === 'POST' && { body }),
  });
  const text = await answer.text();
  if (answer.ok) return WELL;
  const { error } = JSON.parse(text) as { readonly error?: { readonly message?: string } };
  return [`${answer.status} ${error?.message ?? ''}`];
}
