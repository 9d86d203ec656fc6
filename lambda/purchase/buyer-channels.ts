import * as z from 'zod/mini';

/** The ways to tell a buyer. */
const buyerChannelSchema = z.enum(['email', 'sms', 'push']);
export type BuyerChannel = z.output<typeof buyerChannelSchema>;

/** Where the buyer wants to be told: a choice of channels, none included. Absent: wherever there is an address. */
export const buyerChannelsSchema = z.optional(
  z
    .array(buyerChannelSchema)
    .check(
      z.maxLength(buyerChannelSchema.options.length),
      z.refine((channels) => new Set(channels).size === channels.length, 'has the same channel twice'),
    )
    // The refinement in the words of JSON Schema, for the API's model.
    .register(z.globalRegistry, { uniqueItems: true }),
);

interface Addresses {
  readonly email: string;
  readonly phone?: string;
  readonly pushEndpoint?: string;
  readonly channels?: readonly BuyerChannel[];
}

/** The channels to tell the buyer by: the chosen ones, or each that has an address. */
export function channelsOf(buyer: Addresses): readonly BuyerChannel[] {
  return buyer.channels ?? buyerChannelSchema.options.filter((channel) => addressOf(buyer, channel));
}

/** A choice needs its address: an SMS a phone number, a push an endpoint. */
export function hasAddressesFor(buyer: Addresses): boolean {
  return channelsOf(buyer).every((channel) => addressOf(buyer, channel));
}

function addressOf(buyer: Addresses, channel: BuyerChannel): string | undefined {
  return { email: buyer.email, sms: buyer.phone, push: buyer.pushEndpoint }[channel];
}
