import { Logger } from '@aws-lambda-powertools/logger';

/**
 * JSON logs with correlation keys. What is logged is ids, codes and counts; a buyer's name, address or payment method
 * never is.
 */
export const logger = new Logger({ serviceName: 'eventpro' });
