import { isIP } from 'node:net'

/** How many proxies stand in front, or the addresses and ranges that they have. */
export type TrustProxy = number | string[]

const MAX_HOPS = 10

/** Undefined for none; null for a text that is neither. */
export function parseTrustProxy(text: string | undefined): TrustProxy | undefined | null {
  if (text === undefined) return undefined
  if (/^\d{1,2}$/.test(text)) {
    const hops = Number(text)
    if (hops > MAX_HOPS) return null
    return hops === 0 ? undefined : hops
  }
  const ranges = text.split(',').map((range) => range.trim())
  return ranges.every(isRange) ? ranges : null
}

function isRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0 || address.includes('%')) return false
  // A range of everything would let anybody say where it calls from.
  if (bits === undefined) return true
  return /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128)
}
