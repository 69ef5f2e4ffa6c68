import { isIPv6 } from 'node:net'
import type { Clock } from '../kernel/clock.ts'
import { Problem } from '../kernel/problem.ts'
import { HOUR_MS, MINUTE_MS } from '../kernel/durations.ts'

/*
 * Exponential backoff for guesses at keys, by the address that they come from. While an address waits, no
 * key from it is looked at, the right one neither: an answer between two refusals would tell. Nothing is
 * counted against a key, so that nobody can lock another out of its own.
 */

/** Wrong keys that an address may show without waiting: somebody mixes up a few. */
const FREE_GUESSES = 20
const FIRST_DELAY_MS = 1_000
// With it an address has four guesses an hour.
const LONGEST_DELAY_MS = 15 * MINUTE_MS
// An address that shows none for so long begins anew.
const FORGOTTEN_MS = HOUR_MS
// Some 20 MB; beyond it the address whose last guess is oldest is forgotten.
const MAX_ADDRESSES = 100_000

interface Guesses {
  count: number
  /** Of the last wrong key. The same one again is a program that was not told, and no guess. */
  lastHash: string
  lastMs: number
  waitsUntilMs: number
}

export interface GuessThrottle {
  /** @throws Problem 429 while the address has to wait; details.seconds says how long. */
  check(address: string): void
  /** A key that nobody has came from the address. */
  count(address: string, keyHash: string): void
}

export function createGuessThrottle(clock: Clock): GuessThrottle {
  /** By address, the one whose last guess is oldest first. */
  const byAddress = new Map<string, Guesses>()

  return {
    check(address) {
      const waitMs = (byAddress.get(networkOf(address))?.waitsUntilMs ?? 0) - clock.now().getTime()
      if (waitMs > 0) throw tooManyGuesses(Math.ceil(waitMs / 1000))
    },
    count(address, keyHash) {
      const network = networkOf(address)
      const nowMs = clock.now().getTime()
      const known = byAddress.get(network)
      const last = known && nowMs - known.lastMs < FORGOTTEN_MS ? known : undefined
      if (last?.lastHash === keyHash) return
      const count = (last?.count ?? 0) + 1
      const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (count - FREE_GUESSES))
      const waitsUntilMs = count < FREE_GUESSES ? 0 : nowMs + delayMs
      byAddress.delete(network)
      byAddress.set(network, { count, lastHash: keyHash, lastMs: nowMs, waitsUntilMs })
      const [oldest] = byAddress.size > MAX_ADDRESSES ? byAddress.keys() : []
      if (oldest !== undefined) byAddress.delete(oldest)
    },
  }
}

function tooManyGuesses(seconds: number): Problem {
  return new Problem(
    429,
    'TooManyRequests',
    `Too many keys that nobody has came from this address; keys from it are looked at again in ${seconds} s.`,
    { seconds },
  )
}

/** Of IPv6 the 64 bits that one customer of a provider has; what is no address is one of them all. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return /^[\d.]{7,15}$/.test(address) ? address : 'unknown'
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length
  const groups = [...first, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...last]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
