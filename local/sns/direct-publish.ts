import { type Inbox } from '../inbox/inbox';
import { messageFor } from './notification';
import { invalidParameter, type PublishInput } from './query-protocol';

/** A text message. Its AWS.SNS.SMS.* attributes choose sender and route, which the inbox has none of. */
export function publishSms(inbox: Inbox, phoneNumber: string, input: PublishInput, messageId: string): void {
  if (!/^\+[1-9]\d{6,14}$/.test(phoneNumber)) {
    throw invalidParameter(`PhoneNumber Reason: ${phoneNumber} is not valid to publish to`);
  }
  inbox.deliver({ channel: 'sms', to: phoneNumber, text: messageFor('sms', input), messageId });
}

/**
 * A push notification. Any well-formed endpoint ARN is taken: endpoints are made by the buyers' apps at run time,
 * of which there are none here.
 */
export function publishPush(inbox: Inbox, targetArn: string, input: PublishInput, messageId: string): void {
  const platform = /^arn:[\w-]+:sns:[\w-]+:\d{12}:endpoint\/(\w+)\/[^/]+\/[^/]+$/.exec(targetArn)?.[1];
  if (!platform) throw invalidParameter(`TargetArn Reason: ${targetArn} is no platform endpoint`);
  inbox.deliver({
    channel: 'push',
    to: targetArn,
    subject: input.subject,
    text: messageFor('default', input),
    // With MessageStructure json, the payload that APNs or FCM would be sent.
    ...(input.messageStructure && { raw: messageFor(platform, input) }),
    messageId,
  });
}
