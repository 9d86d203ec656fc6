import { type JsonObject } from '../../local/step-functions/asl/json';
import { type MachineState } from './machine';
import { calledName } from './scenario';

/** A service's action that a Task calls without a function, as both engines mock it. */
export interface MockedAction {
  /** The parameters that definitions give it. */
  readonly parameters: readonly string[];
  /** What it answers when it does not refuse. */
  readonly answer: JsonObject;
  /** What it refuses with where the definition names nothing of it. */
  readonly refusal: string;
}

/** By their name in ARNs. The other engine has the same answers (`localstack_engine.py`). */
export const MOCKED_ACTIONS: Readonly<Record<string, MockedAction>> = {
  'sqs:sendMessage': {
    parameters: ['QueueUrl', 'MessageBody'],
    answer: { MessageId: 'm-1' },
    refusal: 'QueueDoesNotExist',
  },
  'sns:publish': {
    parameters: ['TopicArn', 'Message', 'MessageStructure', 'Subject'],
    answer: { MessageId: 'm-1' },
    refusal: 'NotFound',
  },
  'dynamodb:putItem': { parameters: ['TableName', 'Item'], answer: {}, refusal: 'ResourceNotFoundException' },
  'dynamodb:updateItem': {
    parameters: [
      ...['TableName', 'Key', 'ConditionExpression', 'UpdateExpression'],
      ...['ExpressionAttributeNames', 'ExpressionAttributeValues'],
    ],
    answer: {},
    refusal: 'ResourceNotFoundException',
  },
};

/** Under which name a Task's answers stand in a scenario. */
export function callee({ Resource = '', Parameters = {} }: MachineState): string {
  const action = Object.keys(MOCKED_ACTIONS).find((name) => Resource.endsWith(`:${name}`));
  if (action !== undefined) return action;
  return calledName((Parameters as { FunctionName?: string }).FunctionName ?? Resource);
}
