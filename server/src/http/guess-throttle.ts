import { isIPv6 } from 'node:net'
import type { Clock } from '../kernel/clock.ts'
import { createBackoff } from '../kernel/limits/backoff.ts'
import type { SharedCounts } from '../kernel/limits/shared-counts.ts'
import { Problem } from '../kernel/problem.ts'
import { HOUR_MS, MINUTE_MS } from '../kernel/durations.ts'

/*
 * Exponential backoff for guesses at keys, by the address that they come from. While an address waits, no
 * key from it is looked at, the right one neither: an answer between two refusals would tell. Nothing is
 * counted against a key, so that nobody can lock another out of its own.
 */

/** Wrong keys that an address may show without waiting: somebody mixes up a few. */
const FREE_GUESSES = 20
// With it an address has four guesses an hour.
const LONGEST_DELAY_MS = 15 * MINUTE_MS
// An address that shows none for so long begins anew.
const FORGOTTEN_MS = HOUR_MS
// Some 20 MB; beyond it the address whose last guess is oldest is forgotten.
const MAX_ADDRESSES = 100_000
// An outdated program shows one key; only who tries a second is told to other processes.
const SHARED_FROM = 2

export interface GuessThrottle {
  /** @throws Problem 429 while the address has to wait; details.seconds says how long. */
  check(address: string): void
  /** A key that nobody has came from the address. */
  count(address: string, keyHash: string): void
}

export function createGuessThrottle(clock: Clock, sharedCounts?: SharedCounts): GuessThrottle {
  const backoff = createBackoff({
    ...{ clock, free: FREE_GUESSES, longestMs: LONGEST_DELAY_MS, keptMs: FORGOTTEN_MS },
    ...{ maxKeys: MAX_ADDRESSES, sharedFrom: SHARED_FROM },
  })
  sharedCounts?.shareBackoff('guesses at keys', backoff)
  return {
    check(address) {
      const waitMs = backoff.waitMs(networkOf(address))
      if (waitMs > 0) throw tooManyGuesses(Math.ceil(waitMs / 1000))
    },
    count(address, keyHash) {
      // The same key again is a program that was not told, and no guess.
      backoff.count(networkOf(address), keyHash)
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
