/**
 * EventBridge generates no names for buses, and the stages of an account share them.
 *
 * @param stage a name of lib/config.ts
 */
export const eventBusName = (stage: string): string => `eventpro-${stage}`;
