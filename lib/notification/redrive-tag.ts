/**
 * Tag of the queues that `npm run redrive` gives back; its value is the stage's name and the queue's: `EventPro-dev/email`. Not
 * found by their names, which CloudFormation makes of stack and logical id and cuts at 80 characters.
 */
export const REDRIVE_TAG = 'eventpro:redrive';
