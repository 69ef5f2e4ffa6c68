import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS, SECOND_MS } from '../kernel/durations.ts'
import { createBackoff } from '../kernel/limits/backoff.ts'
import type { Backoff } from '../kernel/limits/backoff.ts'
import { createFixedWindow } from '../kernel/limits/fixed-window.ts'
import type { SharedCounts } from '../kernel/limits/shared-counts.ts'
import { Problem } from '../kernel/problem.ts'

/*
 * Exponential backoff for guesses at passwords and codes: by account, by address, by both, and a ceiling over
 * all. None of it is a lock that others can cause: a browser that somebody has signed in with before counts by
 * itself, so that strangers' guesses at an account hold up strangers alone; and whoever opens the link of a reset
 * has such a browser from then on. Counted over all processes on the database.
 */

interface Rule {
  /** Guesses without waiting. */
  free: number
  longestMs: number
}

// What is silent for so long begins anew.
const FORGOTTEN_MS = 15 * MINUTE_MS
const PAIR: Rule = { free: 5, longestMs: 15 * MINUTE_MS }
const NETWORK: Rule = { free: 20, longestMs: 15 * MINUTE_MS }
// From everywhere together: 2,880 guesses a day, and the owner at a new machine waits half a minute at most.
const ACCOUNT: Rule = { free: 5, longestMs: 30 * SECOND_MS }
// Of all strangers, in a minute. Hashing alone takes some 25 a second.
const CEILING = 600
const MAX_KEYS = 100_000

export interface Guess {
  /** Whose password or code it is for, sealed. */
  account: string
  /** The network that it comes from. */
  network: string
  /** Whether the browser shows that its person has signed in with it before. */
  isKnownDevice: boolean
}

export interface SignInThrottle {
  /**
   * Counts a guess before it is known how it ends, so that many at once are no way around.
   * @throws Problem 429 while guesses have to wait; details.seconds says how long
   */
  begin(guess: Guess): void
  /** It was right: it counts no more, and neither do those before it from there. */
  succeed(guess: Guess): void
}

export function createSignInThrottle(clock: Clock, sharedCounts?: SharedCounts): SignInThrottle {
  const create = (name: string, { free, longestMs }: Rule): Backoff => {
    const keptMs = FORGOTTEN_MS + longestMs
    const backoff = createBackoff({ clock, free, longestMs, keptMs, maxKeys: MAX_KEYS })
    sharedCounts?.shareBackoff(`sign-in ${name}`, backoff)
    return backoff
  }
  const pairs = create('pairs', PAIR)
  const networks = create('networks', NETWORK)
  const accounts = create('accounts', ACCOUNT)
  const strangers = createFixedWindow({
    ...{ clock, windowMs: MINUTE_MS, maxBuckets: 1, whenFull: 'share one' },
  })
  sharedCounts?.shareWindow('sign-in strangers', strangers)

  const pairOf = ({ account, network, isKnownDevice }: Guess): string =>
    isKnownDevice ? `device ${account}` : `${account} ${network}`

  function countStranger(): void {
    if (strangers.draw('all', CEILING).isRefused) throw tooMany(60)
  }

  return {
    begin(guess) {
      const waitMs = guess.isKnownDevice
        ? pairs.waitMs(pairOf(guess))
        : Math.max(
            pairs.waitMs(pairOf(guess)),
            networks.waitMs(guess.network),
            accounts.waitMs(guess.account),
          )
      if (waitMs > 0) throw tooMany(Math.ceil(waitMs / SECOND_MS))
      if (!guess.isKnownDevice) {
        countStranger()
        networks.count(guess.network)
        accounts.count(guess.account)
      }
      pairs.count(pairOf(guess))
    },
    succeed(guess) {
      pairs.forget(pairOf(guess))
      if (guess.isKnownDevice) return
      networks.takeBack(guess.network)
      accounts.takeBack(guess.account)
    },
  }
}

function tooMany(seconds: number): Problem {
  const message = `That was tried too often. It can be tried again in ${seconds} s.`
  return new Problem(429, 'TooManyRequests', message, { seconds })
}
