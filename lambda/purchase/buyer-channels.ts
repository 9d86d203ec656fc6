import * as z from 'zod/mini';
import { type ADDRESS_SCHEMAS, type Channel, CHANNEL_NAMES, CHANNELS } from './channels';

/** Where the buyer wants to be told: a choice of channels, none included. Absent: wherever there is an address. */
export const buyerChannelsSchema = z.optional(
  z
    .array(z.enum(CHANNEL_NAMES))
    .check(
      z.maxLength(CHANNEL_NAMES.length),
      z.refine((channels) => new Set(channels).size === channels.length, 'has the same channel twice'),
    )
    // The refinement in the words of JSON Schema, for the API's model.
    .register(z.globalRegistry, { uniqueItems: true }),
);

type Addresses = {
  readonly [Field in keyof typeof ADDRESS_SCHEMAS]?: z.output<(typeof ADDRESS_SCHEMAS)[Field]>;
} & { readonly channels?: readonly Channel[] };

/** The channels to tell the buyer by: the chosen ones, or each that has an address. */
export function channelsOf(buyer: Addresses): readonly Channel[] {
  return buyer.channels ?? CHANNEL_NAMES.filter((channel) => addressOf(buyer, channel));
}

/** The channels to tell of the purchase: none where the buyer is unknown. */
export function channelsToTell(buyer: Addresses | undefined): Channel[] {
  return buyer ? [...channelsOf(buyer)] : [];
}

/** A choice needs its address: an SMS a phone number, a push an endpoint. */
export function hasAddressesFor(buyer: Addresses): boolean {
  return channelsOf(buyer).every((channel) => addressOf(buyer, channel));
}

function addressOf(buyer: Addresses, channel: Channel): string | undefined {
  return buyer[CHANNELS[channel].address.field];
}
