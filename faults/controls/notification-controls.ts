import { referenceOf } from '../../lambda/shared/reference';
import { type Control, queue, receive, sold } from './control';
import { callGives, conditionMet, expressionIs } from './guard';

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
    scenario: async (stage) => {
      await sold(stage, { faults: [{ effect: 'send e-mail', mode: 'kill-after' }] });
      await receive(stage, queue(stage, 'EmailChannelQueue'), 5);
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
    scenario: async (stage) => {
      await sold(stage, { faults: [{ effect: 'send e-mail', mode: 'throttled' }] });
      await receive(stage, queue(stage, 'EmailChannelQueue'), 5);
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
    scenario: async (stage) => {
      const purchaseId = await sold(stage, { faults: [{ effect: 'store ticket', mode: 'cut' }] });
      const email = queue(stage, 'EmailChannelQueue');
      const ticketUrl = `http://127.0.0.1/purchases/${purchaseId}/ticket`;
      email.send(JSON.stringify({ type: 'PurchaseConfirmed', purchaseId, ticketUrl }));
    },
    violation: /is not CONFIRMED and 1 e-mails say so/,
  },
  {
    guard: 'that each change of an event is noted by its revision',
    without: {
      functions: ['DeliverEmail'],
      file: 'lambda/notification/delivery.ts',
      within: 'beforeOf',
      edits: [expressionIs('`changed_${about.eventRevision}_`', "'changed_'")],
    },
    scenario: async (stage) => {
      const { client, idle } = stage;
      const purchaseId = await sold(stage);
      await client.emailAbout(purchaseId);
      const email = queue(stage, 'EmailChannelQueue');
      for (const [revision, venue] of [
        [2, 'North'],
        [2, 'North'],
        [3, 'South'],
      ] as const) {
        const facts = { name: 'Gala', venue, startsAt: '2100-03-20T19:00:00Z', timeZone: 'UTC' };
        const ticketUrl = `http://127.0.0.1/purchases/${purchaseId}/ticket`;
        const before = { ...facts, venue: 'East' };
        const message = { type: 'EventChanged', purchaseId, ticketUrl, revision, before, now: facts };
        email.send(JSON.stringify(message));
        await idle();
      }
      const reference = referenceOf(purchaseId);
      const told = (await client.inbox()).filter(
        ({ text = '' }) => text.includes(reference) && text.includes('has a new venue'),
      );
      return told.length === 2 ? [] : [`${told.length} e-mails tell of two changes of its event`];
    },
    violation: /1 e-mails tell of two changes/,
  },
];
