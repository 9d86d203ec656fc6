import { type Control, told } from './control';
import { callGives } from './guard';

const AUDIT = 'lambda/recovery/audit.ts';

/** What dies on the way is found. */
export const RECOVERY_CONTROLS: readonly Control[] = [
  {
    guard: 'the reconciler',
    without: { remove: (assembly) => assembly.disableSchedule('RecoveryReconcileSchedule') },
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ killBefore: 'GenerateTicket' }] });
    },
    violation: /is still PENDING/,
  },
  {
    guard: 'the audit of payments',
    without: {
      functions: ['Audit'],
      file: AUDIT,
      within: 'audit',
      edits: [
        callGives(
          'undoOrphanPayments',
          'Promise.resolve({ counts: { looked: 0, undone: 0, failed: 0 }, state: () => ({}), lookedForGood: () => 0 })',
        ),
      ],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'create intent', mode: 'kill-after', times: 1 }] });
    },
    violation: /a payment intent could still be charged/,
  },
  {
    guard: 'the audit of tickets',
    without: {
      functions: ['Audit'],
      file: AUDIT,
      within: 'audit',
      edits: [
        callGives('deleteOrphanTickets', 'Promise.resolve({ counts: { deleted: 0 }, state: () => ({}) })'),
      ],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'confirm sale', mode: 'error' }] });
    },
    violation: /its ticket was kept/,
  },
  {
    guard: 'the audit of holds',
    without: {
      functions: ['Audit'],
      file: AUDIT,
      within: 'audit',
      edits: [
        callGives(
          'releaseOrphanHolds',
          'Promise.resolve({ counts: { released: 0, soldWithoutSale: 0 }, state: () => ({}) })',
        ),
      ],
    },
    scenario: async ({ strayHold, invoke, buy }) => {
      const { order } = await strayHold();
      await invoke('Audit', {});
      const { status } = await buy(order);
      return told(201, status);
    },
    violation: /told 409 instead of 201/,
  },
];
