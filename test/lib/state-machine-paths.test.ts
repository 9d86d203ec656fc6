import { inventorySchema } from '../../lambda/order/check-inventory';
import { cancellationRequestSchema } from '../../lambda/purchase/cancellation';
import { claimSchema } from '../../lambda/cancellation/claim-cancellation';
import { purchaseRequestSchema } from '../../lambda/purchase/purchase';
import { releaseSchema } from '../../lambda/seat/release-seat';
import { reservationSchema } from '../../lambda/seat/reservation';
import { jsonSchemaOf } from '../../lib/api/json-schema';
import {
  CANCELLATION_STARTS,
  CHECKOUT_STARTS,
  startRequest,
  type WorkflowStart,
} from '../../lib/api/purchase-templates';
import { STAGES } from '../../lib/config';
import { viewerAddress } from '../../lib/api/viewer-address';
import { type JavaMap } from '../../local/api-gateway/velocity/java-value';
import { renderMappingTemplate } from '../../local/api-gateway/mapping-template';
import { ANYTHING, missingPaths, object, type Shape, shapeOf, shapeOfSchema } from '../support/state-paths';
import { type Definition, definitionsOf, type State } from '../../harness/synthesized-stage';
import { synthesizedStage } from '../support/synthesized-stage';

/** What a function answers, as far as a state keeps it: by the function's name, which is its state's. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  ReserveSeat: Object.keys(reservationSchema.shape),
  ResumePurchase: Object.keys(reservationSchema.shape),
  ReleaseSeat: Object.keys(releaseSchema.shape),
  CheckInventory: Object.keys(inventorySchema.shape),
  ClaimCancellation: Object.keys(claimSchema.shape),
};

/** What each state machine is started with, by the beginning of its logical id. */
const INPUTS: Readonly<Record<string, () => readonly Shape[]>> = {
  CheckoutSaga: sagaInputs,
  CancelPurchase: cancellationInputs,
  // `reconcile` starts it.
  RecoveryWorkflow: () => [shapeOf({ purchaseId: '', failures: {} })],
  // `OrderExecutions` starts it.
  OrderWorkflow: () => [shapeOf({ orderId: '', reference: '', failures: {} })],
};

function cancellationInputs(): Shape[] {
  const [start] = Object.values(CANCELLATION_STARTS);
  const request = shapeOfSchema(jsonSchemaOf(cancellationRequestSchema));
  return [object({ ...inputOf(start!).fields, request })];
}

/** What API Gateway starts the saga with: the body has passed the API's model, which is made from this schema. */
function sagaInputs(): Shape[] {
  const inputs = Object.values(CHECKOUT_STARTS).map((start) => {
    const input = inputOf(start);
    const takesBody = start === CHECKOUT_STARTS['POST /purchases'];
    return object({
      ...input.fields,
      ...(takesBody && { request: shapeOfSchema(jsonSchemaOf(purchaseRequestSchema)) }),
    });
  });
  // While a deployment is under way the API does not tell the viewer yet.
  const { viewer: _, ...before } = inputs.find(({ fields }) => fields['viewer'])!.fields;
  return [...inputs, object(before)];
}

function inputOf(start: WorkflowStart) {
  const rendered = renderMappingTemplate(startRequest(start, 'arn', viewerAddress()), {
    body: '{}',
    parameters: { path: {}, querystring: {}, header: {} },
    context: new Map<string, string | JavaMap>([
      ['requestId', 'r'],
      ['identity', new Map([['sourceIp', '192.0.2.1']])],
    ]),
    stageVariables: {},
  });
  return shapeOf(JSON.parse((JSON.parse(rendered) as { input: string }).input));
}

/** The result of a Task, as its service's integration has it. */
function resultOf(definition: Definition) {
  return (name: string): Shape => {
    const resource = String(stateIn(definition, name)!.Resource);
    // Nobody keeps what the table answers, or whoever sends back a token.
    if (/:states:::(dynamodb:updateItem|lambda:invoke\.waitForTaskToken)$/.test(resource)) return ANYTHING;
    if (/:states:::(sqs:sendMessage|sns:publish)$/.test(resource)) return object({ MessageId: ANYTHING });
    if (!resource.endsWith(':states:::lambda:invoke'))
      throw new Error(`${name}: what ${resource} answers is not known`);
    const fields = Object.fromEntries((ANSWERS[name] ?? []).map((field) => [field, ANYTHING]));
    return object({ ExecutedVersion: ANYTHING, Payload: object(fields), StatusCode: ANYTHING });
  };
}

/** Also one within a Parallel. */
function stateIn({ States }: Pick<Definition, 'States'>, name: string): State | undefined {
  const branches = Object.values(States).flatMap(({ Branches = [] }) => Branches as Definition[]);
  return States[name] ?? branches.map((branch) => stateIn(branch, name)).find((found) => found);
}

function missingIn(id: string, definition: Definition): string[] {
  const [, inputs] = Object.entries(INPUTS).find(([name]) => id.startsWith(name)) ?? [];
  if (!inputs) throw new Error(`INPUTS does not say what ${id} is started with`);
  return inputs().flatMap((input) =>
    missingPaths(definition, input, resultOf(definition)).map(
      ({ state, field, path, way }) =>
        `${state} reads ${path} (${field}), which need not be there after ${way || 'the start'}`,
    ),
  );
}

const machines = STAGES.flatMap(({ name: stage }) =>
  Object.values(synthesizedStage(stage)).flatMap((template) =>
    Object.entries(definitionsOf(template)).map(([id, definition]) => [id, stage, definition] as const),
  ),
);

test.each(machines)(
  'every path that a state of %s (%s) reads is there on every way into it',
  (id, _, definition) => {
    expect(missingIn(id, definition)).toEqual([]);
  },
);

describe('a guard that is taken away is missed:', () => {
  const [id, , saga] = machines.find(([name]) => name.startsWith('CheckoutSaga'))!;
  const edited = (edit: (states: Record<string, State>) => void): Definition => {
    const copy = structuredClone(saga);
    edit(copy.States);
    return copy;
  };

  test.each<[string, (states: Record<string, State>) => void, string]>([
    [
      'the choice after a release that found the sale standing',
      (states) => Object.assign(states.IsReserved!, { Choices: [], Default: 'SendConfirmation' }),
      'SendConfirmation reads $.reservation.channels (Parameters), which need not be there after StartOrResume → ReserveSeat ⚡ → ReleaseSeat ⚡ → IsReserved',
    ],
    [
      'the choice at the start',
      (states) => Object.assign(states.StartOrResume!, { Choices: [], Default: 'ReserveSeat' }),
      'ReserveSeat reads $.viewer (Parameters), which need not be there after StartOrResume',
    ],
    [
      'the choice that picks the end',
      (states) => Object.assign(states.WhatFailed!, { Choices: [], Default: 'TicketFailed' }),
      'TicketFailed reads $.failures.GenerateTicket.Cause (CausePath), which need not be there after StartOrResume → ReserveSeat ⚡ → ReleaseSeat → WhatFailed',
    ],
    [
      'the path of a catch',
      (states) => {
        states.GenerateTicket = {
          ...states.GenerateTicket!,
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'TicketFailed', ResultPath: '$.error' }],
        };
      },
      'TicketFailed reads $.failures.GenerateTicket.Cause (CausePath), which need not be there after StartOrResume → ReserveSeat → ProcessPayment → GenerateTicket ⚡',
    ],
    [
      'a field that a step no longer keeps',
      (states) => {
        const { 'currency.$': _, ...kept } = states.ReserveSeat!.ResultSelector as Record<string, string>;
        states.ReserveSeat = { ...states.ReserveSeat!, ResultSelector: kept };
      },
      'ProcessPayment reads $.reservation.currency (Parameters), which need not be there after StartOrResume → ReserveSeat',
    ],
    [
      'a field that the function does not answer',
      (states) => {
        const ResultSelector = {
          ...(states.ReserveSeat!.ResultSelector as object),
          'price.$': '$.Payload.price',
        };
        states.ReserveSeat = { ...states.ReserveSeat!, ResultSelector };
      },
      'ReserveSeat reads $.Payload.price (ResultSelector), which need not be there after StartOrResume',
    ],
    [
      'what is optional in the request',
      (states) => {
        states.SendConfirmation = {
          ...states.SendConfirmation!,
          Parameters: { 'phone.$': '$.request.buyer.phone' },
        };
      },
      'SendConfirmation reads $.request.buyer.phone (Parameters), which need not be there after StartOrResume → ReserveSeat → ProcessPayment → GenerateTicket',
    ],
  ])('%s', (_, edit, expected) => {
    expect(missingIn(id, edited(edit))).toContain(expected);
  });
});

describe('each place where a state reads', () => {
  const ok = { Ok: { Type: 'Succeed' }, Bad: { Type: 'Fail' } };
  const one = (state: object) => ({
    StartAt: 'One',
    States: { One: { Next: 'Ok', ...state }, ...ok } as never,
  });

  test.each<[string, object, string[]]>([
    ['InputPath', { Type: 'Pass', InputPath: '$.b' }, ['$.b']],
    ['OutputPath', { Type: 'Pass', OutputPath: '$.b' }, ['$.b']],
    ['Parameters', { Type: 'Pass', Parameters: { list: [{ 'x.$': '$.b.c' }], 'y.$': '$.a' } }, ['$.b.c']],
    [
      'Parameters below an InputPath',
      { Type: 'Pass', InputPath: '$.a', Parameters: { 'x.$': '$.a' } },
      ['$.a'],
    ],
    [
      'an intrinsic function',
      {
        Type: 'Pass',
        Parameters: { 'x.$': "States.Format('$.c {}{}', $.b, States.JsonToString($$.Execution))" },
      },
      ['$.b'],
    ],
    ['ResultSelector', { Type: 'Task', ResultSelector: { 'x.$': '$.a' } }, ['$.a']],
    ['a Result in the place of everything', { Type: 'Task', OutputPath: '$.a' }, ['$.a']],
    [
      'a Choice',
      { Type: 'Choice', Choices: [{ Variable: '$.b', StringEquals: '', Next: 'Ok' }], Next: undefined },
      ['$.b'],
    ],
    [
      'a Choice behind a guard',
      {
        Type: 'Choice',
        Choices: [
          {
            And: [
              { Variable: '$.b', IsPresent: true },
              { Variable: '$.b', StringEqualsPath: '$.c' },
            ],
            Next: 'Ok',
          },
          { Not: { Variable: '$.a', IsPresent: true }, Next: 'Ok' },
        ],
        Default: 'Ok',
      },
      [],
    ],
    ['Wait', { Type: 'Wait', SecondsPath: '$.b' }, ['$.b']],
    [
      'a branch of a Parallel state',
      { Type: 'Parallel', Branches: [{ StartAt: 'In', States: { In: { Type: 'Fail', CausePath: '$.b' } } }] },
      ['$.b'],
    ],
  ])('is looked at: %s', (_, state, paths) => {
    const missing = missingPaths(one(state), shapeOf({ a: {} }), () => shapeOf({ r: 1 }));

    expect(missing.map(({ path }) => path)).toEqual(paths);
  });

  test('a guard on what may be there opens the way to it, and to nothing below it', () => {
    const guarded = {
      StartAt: 'Guard',
      States: {
        Guard: {
          Type: 'Choice',
          Choices: [{ Variable: '$.b.c', IsPresent: true, Next: 'Read' }],
          Default: 'Ok',
        },
        Read: { Type: 'Pass', Parameters: { 'c.$': '$.b.c', 'd.$': '$.b.c.d' }, Next: 'Ok' },
        ...ok,
      } as never,
    };

    const missing = missingPaths(guarded, { fields: {}, mayHaveMore: true }, () => ANYTHING);

    expect(missing.map(({ path }) => path)).toEqual(['$.b.c.d']);
  });

  test('a loop is walked until it brings nothing new', () => {
    const loop = {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Parameters: { x: 1 }, ResultPath: '$.x', Next: 'B' },
        B: { Type: 'Pass', Parameters: { 'y.$': '$.x' }, ResultPath: '$.y', Next: 'A' },
      } as never,
    };

    expect(missingPaths(loop, object({}), () => ANYTHING)).toEqual([]);
  });

  test.each([
    ['a Map', { Type: 'Map' }],
    ['a wildcard', { Type: 'Pass', InputPath: '$.a[*]' }],
  ])('%s is refused, not passed over', (_, state) => {
    expect(() => missingPaths(one(state), shapeOf({ a: {} }), () => ANYTHING)).toThrow('not understood');
  });
});
