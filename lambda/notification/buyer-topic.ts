import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { BESIDE_SALE_ATTRIBUTE, channelsFor, CHANNELS_ATTRIBUTE, type Message } from './confirmation';

/** The topic `ticket-confirmations`, for what buyers are told beside their sale: each channel sees whether its buyer wants it. */
export class BuyerTopic {
  constructor(
    private readonly topicArn: string,
    private readonly client = new SNSClient(REQUEST_TIMEOUTS),
  ) {}

  /** @param words for whoever is no queue of a channel */
  async publish(message: Message, words: string): Promise<void> {
    await this.client.send(
      new PublishCommand({
        TopicArn: this.topicArn,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: words, sqs: JSON.stringify(message) }),
        MessageAttributes: {
          [CHANNELS_ATTRIBUTE]: {
            DataType: 'String.Array',
            StringValue: JSON.stringify(channelsFor(message)),
          },
          [BESIDE_SALE_ATTRIBUTE]: { DataType: 'String', StringValue: message.type },
        },
      }),
    );
  }
}
