import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS, SECOND_MS } from '../kernel/durations.ts'
import { Problem } from '../kernel/problem.ts'

/*
 * Exponential backoff for guesses at passwords and codes: by account, by address, by both, and a ceiling over
 * all. None of it is a lock that others can cause: a browser that somebody has signed in with before counts by
 * itself, so that strangers' guesses at an account hold up strangers alone; and whoever opens the link of a reset
 * has such a browser from then on. Counted in this process.
 */

interface Rule {
  /** Guesses without waiting. */
  free: number
  longestMs: number
}

const FIRST_DELAY_MS = SECOND_MS
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

export function createSignInThrottle(clock: Clock): SignInThrottle {
  const pairs = createBackoff(clock, PAIR)
  const networks = createBackoff(clock, NETWORK)
  const accounts = createBackoff(clock, ACCOUNT)
  let minute = -1
  let inMinute = 0

  const pairOf = ({ account, network, isKnownDevice }: Guess): string =>
    isKnownDevice ? `device ${account}` : `${account} ${network}`

  function countStranger(): void {
    const current = Math.floor(clock.now().getTime() / MINUTE_MS)
    if (current !== minute) inMinute = 0
    minute = current
    if (inMinute >= CEILING) throw tooMany(60)
    inMinute++
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

interface Count {
  guesses: number
  lastMs: number
  waitsUntilMs: number
}

function createBackoff(clock: Clock, { free, longestMs }: Rule) {
  /** The one whose last guess is oldest first. */
  const counts = new Map<string, Count>()
  const now = (): number => clock.now().getTime()

  function find(key: string): Count | undefined {
    const known = counts.get(key)
    return known && now() - known.lastMs < FORGOTTEN_MS + longestMs ? known : undefined
  }

  return {
    waitMs: (key: string): number => Math.max(0, (find(key)?.waitsUntilMs ?? 0) - now()),
    count(key: string): void {
      const guesses = (find(key)?.guesses ?? 0) + 1
      const delayMs = Math.min(longestMs, FIRST_DELAY_MS * 2 ** (guesses - free))
      const waitsUntilMs = guesses < free ? 0 : now() + delayMs
      counts.delete(key)
      counts.set(key, { guesses, lastMs: now(), waitsUntilMs })
      const [oldest] = counts.size > MAX_KEYS ? counts.keys() : []
      if (oldest !== undefined) counts.delete(oldest)
    },
    takeBack(key: string): void {
      const known = counts.get(key)
      if (!known) return
      known.guesses--
      if (known.guesses < free) known.waitsUntilMs = 0
    },
    forget(key: string): void {
      counts.delete(key)
    },
  }
}
