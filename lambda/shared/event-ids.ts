import * as z from 'zod/mini';

export const eventIdSchema = z.string().check(z.regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/));
export const isEventId = (text: string): boolean => z.safeParse(eventIdSchema, text).success;
/** `A-12`, or `B-A-12` in a section that has a code. */
export const seatIdSchema = z.string().check(z.regex(/^([A-Z0-9]{1,8}-){1,2}[0-9]{1,4}$/));
