import { type Json, type JsonObject } from '../../local/step-functions/asl/json';
import { blocksOf, definition, machineAround } from '../seeds/definitions';
import { type Machine } from './machine';
import { machineScenarios, type ScenarioOptions } from './machine-scenarios';
import { type Scenario } from './scenario';

const ORDER = { orderId: 'A1001', itemId: 'I201', qty: 2, amount: 499 };

/** What the definitions do not tell, by page and heading. */
const GIVEN: Readonly<Record<string, ScenarioOptions>> = {
  'guide: Choice State': { starts: [101, 100, 10, 9.5, '101', null].map((value: Json) => ({ value })) },
  'guide: Map State': { starts: [{ items: [1, 'two', { three: 3 }] }, { items: [] }, { items: 'A-1' }] },
  'guide: Parallel State': { starts: [{ id: 7 }] },
  'guide: Exemplo: Processamento de Pedidos': { starts: [{ orderId: 'A1001' }] },
  'walkthrough: Step C: Create State Machine': {
    starts: [ORDER],
    answers: {
      validateOrder: { ...ORDER, isValid: true },
      checkInventory: { ...ORDER, inStock: true },
      processPayment: { ...ORDER, paymentStatus: 'SUCCESS' },
    },
  },
};

/** Services that the local run has not, and integrations of them: a definition with one is refused by name. */
const REFUSED = ['guide: S3', 'guide: ECS'];

/** Scenarios of every definition of the documents that this project started from. */
export async function seedScenarios(): Promise<Scenario[]> {
  const guide = blocksOf('guide').map(({ heading, json }, index, blocks) => {
    const again = blocks.slice(0, index).filter((block) => block.heading === heading).length;
    return [`guide: ${heading}${again > 0 ? ` ${again + 1}` : ''}`, asMachine(json)] as const;
  });
  const machines = new Map([
    ...guide,
    // The guide's Catch is the state that its Retry leads to.
    [
      'guide: Retry and Catch',
      asMachine({ ...definition('guide', 'Retry'), ...definition('guide', 'Catch') }),
    ],
    ['checkout: Retry and Catch', payment()],
    [
      'walkthrough: Step C: Create State Machine',
      asMachine(definition('walkthrough', 'Step C: Create State Machine')),
    ],
  ]);
  const scenarios = [...machines].map(async ([name, machine]): Promise<Scenario[]> =>
    REFUSED.includes(name)
      ? [{ name: `${name}: all well`, definition: machine, input: { objectKey: 'a-1' } }]
      : machineScenarios(name, machine, GIVEN[name]),
  );
  return (await Promise.all(scenarios)).flat();
}

/** The checkout's description has a Retry and a Catch, and says that they are the payment's. */
function payment(): Machine {
  return asMachine({
    ProcessPayment: {
      ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Next: 'GenerateTicket' },
      Parameters: { FunctionName: 'processPayment', 'Payload.$': '$' },
      ...definition('checkout', 'Retry Configuration'),
      ...definition('checkout', 'Catch Configuration'),
    },
  });
}

function asMachine(json: JsonObject): Machine {
  return ('StartAt' in json ? json : machineAround(json)) as unknown as Machine;
}
