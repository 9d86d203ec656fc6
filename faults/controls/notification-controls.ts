import { SQS } from '../../local/sqs/plugin';
import { type Control } from './control';
import { callGives, conditionMet } from './guard';

const DELIVERIES = 'lambda/notification/delivery-log.ts';

/** A buyer is told once, and of what is so. */
export const NOTIFICATION_CONTROLS: readonly Control[] = [
  {
    guard: 'that a delivery is made once',
    without: {
      functions: ['DeliverEmail'],
      file: DELIVERIES,
      within: 'DeliveryLog.begin',
      edits: [conditionMet('attribute_not_exists(#delivery)')],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'publish', mode: 'duplicate', times: 1 }] });
    },
    violation: /2 e-mails confirm it/,
  },
  {
    guard: 'that no more than two attempts are made which may have reached the buyer',
    without: {
      functions: ['DeliverEmail'],
      file: DELIVERIES,
      within: 'DeliveryLog.begin',
      edits: [conditionMet('#attempts < :most')],
    },
    scenario: async ({ buy, idle, run, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'send e-mail', mode: 'kill-after' }] });
      const email = run.cloud
        .get(SQS)
        .list()
        .find(({ name }) => name.includes('EmailChannelQueue'))!;
      for (let receive = 1; receive <= 5; receive++) {
        await idle();
        run.clock.advance(email.attributes.visibilityTimeout + 1);
      }
    },
    violation: /[3-9] e-mails confirm it/,
  },
  {
    guard: 'that what the mail service refuses for good is left to people, and not to recovery',
    without: {
      functions: ['DeliverEmail'],
      file: DELIVERIES,
      within: 'DeliveryLog.leaveToPeople',
      edits: [callGives('takeConfirmedOff', 'Promise.resolve()')],
    },
    scenario: async ({ buy, idle, run, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'send e-mail', mode: 'throttled' }] });
      const email = run.cloud
        .get(SQS)
        .list()
        .find(({ name }) => name.includes('EmailChannelQueue'))!;
      for (let receive = 1; receive <= 5; receive++) {
        await idle();
        run.clock.advance(email.attributes.visibilityTimeout + 1);
      }
    },
    violation: /it is CONFIRMED and still in the index of what is due/,
  },
  {
    guard: 'that only a confirmed purchase is told of',
    without: {
      functions: ['DeliverEmail'],
      file: DELIVERIES,
      within: 'DeliveryLog.begin',
      edits: [conditionMet('#status = :told')],
    },
    scenario: async ({ buy, run, seats: [seat] }) => {
      const { purchaseId } = await buy({ seats: [seat], faults: [{ effect: 'store ticket', mode: 'cut' }] });
      const email = run.cloud
        .get(SQS)
        .list()
        .find(({ name }) => name.includes('EmailChannelQueue'))!;
      const ticketUrl = `http://127.0.0.1/purchases/${purchaseId}/ticket`;
      email.send(JSON.stringify({ type: 'PurchaseConfirmed', purchaseId, ticketUrl }));
    },
    violation: /is not CONFIRMED and 1 e-mails say so/,
  },
];
