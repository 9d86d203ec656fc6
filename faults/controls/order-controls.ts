import { ASKING_CARD } from '../work/asking-cards';
import { type Control } from './control';
import { conditionMet, expressionIs } from './guard';

/** Of the state that makes an order a sale, in the definition of its workflow. */
const PIVOT =
  'executionId = :execution AND ((#status = :pending AND stock = :reserved) OR #status = :confirmed)';

/** Extras are sold while there are any, to whom they are reserved for, and for money that stays. */
export const ORDER_CONTROLS: readonly Control[] = [
  {
    guard: 'that no more extras are reserved than there are',
    without: {
      functions: ['CheckInventory'],
      file: 'lambda/order/extra-repository.ts',
      within: 'ExtraRepository.take',
      edits: [conditionMet()],
    },
    scenario: async ({ order }) => {
      await order({ items: [{ extraId: 'sold-out', quantity: 1 }] });
    },
    violation: /there are -1 left/,
  },
  {
    guard: 'that nothing is reserved any more for an order that is undone',
    without: {
      functions: ['CheckInventory'],
      file: 'lambda/order/order-repository.ts',
      within: 'OrderRepository.live',
      edits: [conditionMet()],
    },
    scenario: async ({ order }) => {
      await order({ faults: [{ effect: 'reserve extras', mode: 'late' }] });
    },
    violation: /is FAILED and its stock is RESERVED/,
  },
  {
    guard: 'that only what is reserved is sold, by the execution that has the order',
    without: {
      remove: (assembly) =>
        assembly.changeResource(
          'AWS::StepFunctions::StateMachine',
          ({ DefinitionString }) => JSON.stringify(DefinitionString).includes(PIVOT),
          (properties) => {
            const text = JSON.stringify(properties.DefinitionString);
            properties.DefinitionString = JSON.parse(
              text.replace(PIVOT, `(${PIVOT}) OR attribute_exists(pk)`),
            );
          },
        ),
    },
    scenario: async ({ order }) => {
      await order({ faults: [{ effect: 'sell order', mode: 'late' }] });
    },
    violation: /is CONFIRMED and 0 of \d+ is kept/,
  },
  {
    guard: 'that an order whose buyer comes too late is not paid for',
    without: {
      functions: ['ProcessOrderPayment'],
      file: 'lambda/order/process-order-payment.ts',
      within: 'pay',
      edits: [expressionIs("failures?.['AwaitAuthentication'] !== undefined", 'false')],
    },
    scenario: async ({ order, answerBank, idle, run }) => {
      const { orderId } = await order({ paymentMethod: ASKING_CARD });
      answerBank(orderId, 'succeeded');
      run.clock.advance(601);
      await idle();
    },
    violation: /was asked, never came back, and \d+ was taken/,
  },
];
