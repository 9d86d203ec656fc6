import { isIPv4, isIPv6 } from 'node:net';

/** What everybody is counted as whose address cannot be read: no error for an honest buyer, and no way around a bound. */
export const UNREADABLE_ADDRESS = 'unreadable';

/**
 * The one name under which a client is counted, whatever its address is written like.
 *
 * An IPv4 address counts as it is, also inside IPv6 (`::ffff:192.0.2.1`, RFC 4291, section 2.5.5.2). Of an IPv6 address the
 * first 64 bits count: a line gets that many at the least, and its devices pick the rest as they like (RFC 4291, section
 * 2.5.1; RFC 6177, section 2).
 */
export function countedAddress(address: string): string {
  if (isIPv4(address)) return address;
  const groups = groupsOf(address);
  if (!groups) return UNREADABLE_ADDRESS;
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of an IPv6 address. A zone (`%eth0`) belongs to one machine alone, so an address with one is none. */
function groupsOf(address: string): number[] | undefined {
  if (!isIPv6(address) || address.includes('%')) return undefined;
  // The URL parser writes the last groups as hexadecimal digits, too, where they came as an IPv4 address.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [first, last] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array<string>(8 - first!.length - last!.length).fill('0');
  return [...first!, ...zeros, ...last!].map((group) => parseInt(group, 16));
}
