/**
 * Tag of a stage's Recovery workflow; its value is the stage's name. `npm run redrive` finds the workflow by it: its
 * physical name, which CloudFormation makes up, does not tell the stage.
 */
export const RECOVERY_TAG = 'eventpro:recovery-of';
