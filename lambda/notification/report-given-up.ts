import { type Channel } from '../purchase/channels';
import { logger } from '../shared/logger';
import { measure } from '../shared/measure';

/**
 * Nobody knows whether a buyer was told, and there is no further attempt: the alarm and the runbook go by these words.
 *
 * @param about what was to be delivered
 */
export function reportGivenUp(
  channel: Channel,
  about: { readonly reference: string; readonly messageId?: string },
): void {
  logger.error('Nobody knows whether it was delivered', about);
  measure({ NotificationsUnknown: 1 }, { channel }, { reference: about.reference });
}
