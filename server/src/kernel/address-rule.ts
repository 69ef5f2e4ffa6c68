import { isIP } from 'node:net'

/*
 * SSRF guard: which addresses may be connected to for a caller who chose them. A connection begins inside
 * the operator's network, so an address that is reached only from there is closed.
 *
 * Not node:net's BlockList: it judges an IPv4-mapped address by the IPv4 address in it, and knows no
 * pattern such as ISATAP's.
 */

/** Addresses that begin alike, as `10.0.0.0/8` or `fd12:3456::/32` writes them; or a single one. */
export interface AddressRange {
  family: 4 | 6
  first: bigint
  /** How many bits at the end are any. */
  freeBits: bigint
}

/** Whether this is the text of an IP address that may be connected to. */
export type AddressRule = (address: string) => boolean

// IANA's registry of special-purpose addresses, multicast, and what was never given out:
// https://www.iana.org/assignments/iana-ipv4-special-registry
const SPECIAL_IPV4 = rangesOf(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32', // Azure's platform, which answers each machine from inside
)

// All that is public unicast. Outside are loopback, IPv4-mapped, NAT64, unique-local, link-local …
// https://www.iana.org/assignments/ipv6-unicast-address-assignments
const PUBLIC_IPV6 = rangesOf('2000::/3')

// https://www.iana.org/assignments/iana-ipv6-special-registry, as far as it is inside.
const SPECIAL_IPV6 = rangesOf(
  '2001::/23', // Teredo, ORCHID and other protocols
  '2001:db8::/32',
  '2002::/16', // 6to4
  '2620:4f:8000::/48',
  '3fff::/20',
)

// What no range of the operator's opens. No receiver lives there, and a range that is meant for a
// network must not open on the way where clouds give out credentials, or IPv4 written as IPv6.
const CLOSED_FOR_GOOD = rangesOf(
  '0.0.0.0/8', // leads to the machine itself
  '100.100.100.200/32', // Alibaba's metadata
  '168.63.129.16/32', // Azure's
  '169.254.0.0/16', // link-local, and most others' metadata
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96', // IPv4-compatible; loopback is let out again below
  '::ffff:0:0/96', // IPv4-mapped: the system connects to the IPv4 address
  '64:ff9b:1::/48', // NAT64 of local use
  '2001::/32', // Teredo
  '2002::/16', // 6to4
  'fd00:ec2::/32', // AWS's metadata
  'fd20:ce::/32', // Google's
  'fe80::/10',
  'ff00::/8',
)

/** What development opens: this machine. */
export const LOOPBACK = rangesOf('127.0.0.0/8', '::1/128')

// A network without IPv4 of its own sends to it through these.
const NAT64 = rangesOf('64:ff9b::/96')

/** Allows public unicast, and beside it what is in the given ranges and not closed for good. */
export function createAddressRule(allowed: readonly AddressRange[]): AddressRule {
  function mayConnect(address: AddressRange): boolean {
    if (isClosedForGood(address)) return false
    // Where the operator has allowed the way, the IPv4 address that it leads to must pass as well.
    if (isIn(NAT64, address)) return isIn(allowed, address) && mayConnect(ipv4Of(address))
    return isPublic(address) || isIn(allowed, address)
  }
  return (text) => {
    const address = parseAddress(text)
    return address !== undefined && mayConnect(address)
  }
}

/** Undefined for what is no range, and for one that would open nothing since it is closed for good. */
export function parseRange(text: string): AddressRange | undefined {
  const range = parseAnyRange(text)
  return range && !isClosedForGood(range) ? range : undefined
}

export function isLoopback(text: string): boolean {
  const address = parseAddress(text)
  return address !== undefined && isIn(LOOPBACK, address)
}

function isPublic(address: AddressRange): boolean {
  if (address.family === 4) return !isIn(SPECIAL_IPV4, address)
  return isIn(PUBLIC_IPV6, address) && !isIn(SPECIAL_IPV6, address)
}

function isClosedForGood(range: AddressRange): boolean {
  if (isIn(LOOPBACK, range)) return false
  return isIn(CLOSED_FOR_GOOD, range) || isIsatap(range)
}

/** RFC 5214: the last 64 bits are 0000:5efe or 0200:5efe and an IPv4 address. */
function isIsatap({ family, first }: AddressRange): boolean {
  return family === 6 && ((first >> 32n) & 0xfdff_ffffn) === 0x5efen
}

function ipv4Of({ first, freeBits }: AddressRange): AddressRange {
  return { family: 4, first: first & 0xffff_ffffn, freeBits }
}

function isIn(ranges: readonly AddressRange[], { family, first, freeBits }: AddressRange): boolean {
  return ranges.some(
    (range) =>
      range.family === family &&
      range.freeBits >= freeBits &&
      range.first >> range.freeBits === first >> range.freeBits,
  )
}

function parseAddress(text: string): AddressRange | undefined {
  const family = isIP(text)
  if (family === 4) return { family, first: parseIpv4(text), freeBits: 0n }
  // A zone names one of this machine's own links.
  if (family === 6 && !text.includes('%')) return { family, first: parseIpv6(text), freeBits: 0n }
  return undefined
}

function parseAnyRange(text: string): AddressRange | undefined {
  const [, start = '', bits] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  const address = parseAddress(start)
  if (!address) return undefined
  const freeBits = (address.family === 4 ? 32 : 128) - Number(bits)
  if (freeBits < 0) return undefined
  const range = { ...address, freeBits: BigInt(freeBits) }
  // 10.1.2.3/8 could mean the one or the other.
  return BigInt.asUintN(freeBits, range.first) === 0n ? range : undefined
}

function rangesOf(...texts: string[]): AddressRange[] {
  return texts.map((text) => {
    const range = parseAnyRange(text)
    if (!range) throw new Error(`${text} is no range`)
    return range
  })
}

function parseIpv4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n)
}

function parseIpv6(text: string): bigint {
  const dotted = /[\d.]+$/.exec(text)?.[0] ?? ''
  const isDotted = dotted.includes('.')
  const hex = isDotted ? text.slice(0, -dotted.length) + toGroups(parseIpv4(dotted)) : text
  const [front = [], back = []] = hex.split('::').map((part) => part.split(':').filter(Boolean))
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0')
  return [...front, ...zeros, ...back].reduce(
    (value, group) => (value << 16n) | BigInt(`0x${group}`),
    0n,
  )
}

function toGroups(ipv4: bigint): string {
  return `${(ipv4 >> 16n).toString(16)}:${(ipv4 & 0xffffn).toString(16)}`
}
