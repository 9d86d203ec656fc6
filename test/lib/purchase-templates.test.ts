import { startRefusedResponse } from '../../lib/api/purchase-templates';
import { renderMappingTemplate } from '../../local/api-gateway/mapping-template';
import { type JavaMap } from '../../local/api-gateway/velocity/java-value';

const KEY = '9d586bbd-8301-4be1-807a-c28213f59f3b';

/** What the client reads when Step Functions refuses to start the saga with an error of this type. */
function answerTo(type: string): unknown {
  const responseOverride: JavaMap = new Map([['header', new Map()]]);
  const body = renderMappingTemplate(startRefusedResponse(), {
    body: JSON.stringify({
      __type: type,
      message: 'arn:aws:states:us-east-1:123456789012:stateMachine:Saga',
    }),
    parameters: { path: {}, querystring: {}, header: { 'idempotency-key': KEY } },
    context: new Map([['responseOverride', responseOverride]]),
    stageVariables: {},
  });
  return { ...(JSON.parse(body) as object), override: responseOverride.get('status') };
}

test.each([
  ['com.amazonaws.swf.service.v2.model#InvalidExecutionInput', 400, 'VALIDATION'],
  ['com.amazon.coral.availability#ThrottlingException', 429, 'TOO_MANY_REQUESTS'],
  // Of our own doing: nothing was started, and a 5xx is what alarms and canaries watch.
  ['com.amazonaws.swf.base.model#AccessDeniedException', 503, 'RESERVATION_FAILED'],
  ['com.amazonaws.swf.service.v2.model#StateMachineDoesNotExist', 503, 'RESERVATION_FAILED'],
  ['', 503, 'RESERVATION_FAILED'],
])('a saga that is not started because of %s is answered %d', (type, status, code) => {
  const answer = answerTo(type);

  expect(answer).toMatchObject({ status, code, override: status, purchaseId: KEY });
  expect(JSON.stringify(answer)).not.toContain('arn:');
});
