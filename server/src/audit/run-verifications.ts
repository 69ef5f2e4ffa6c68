import { appendEntry } from '../journal/append-entries.ts'
import { SERVICE, actorText } from '../journal/entry.ts'
import type { Act } from '../journal/entry.ts'
import { inBulkhead } from '../kernel/bulkhead.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/durations.ts'
import { newId } from '../kernel/id.ts'
import type { Logger } from '../kernel/log.ts'
import { Problem } from '../kernel/problem.ts'
import {
  deleteOldRuns,
  endRun,
  findLastRun,
  insertRun,
  renewRun,
  writeResults,
} from './verification-store.ts'
import type { KeptResult, VerificationRun } from './verification-store.ts'
import { INVARIANTS, sumDrift, verify } from './verify.ts'
import type { Verification } from './verify.ts'

// As long as entries of journals.
const KEPT_DAYS = 400
const LEASE_MS = MINUTE_MS
const RENEW_MS = 10 * SECOND_MS

export interface VerificationParts {
  database: Database
  clock: Clock
  log: Logger
  /** At which hour of the day, in UTC, one is run each night; undefined: none is. */
  verifyHour?: number | undefined
}

/** Verifications, of which one at a time runs, whichever process it is in. */
export interface Verifications {
  /** Begins one in the background. @throws Problem 409 while one runs */
  begin(act: Act): Promise<VerificationRun>
  /** Begins one and waits for its end. @throws Problem 409 while one runs, 503 where it was broken off */
  verify(act: Act): Promise<Verification>
  /** The chore: begins the one of the night where it is due, and deletes those that are too old. */
  keep(): Promise<void>
  /** Breaks off the one that runs here. */
  stop(): Promise<void>
}

export function createVerifications(parts: VerificationParts): Verifications {
  const { database, clock, log } = parts
  const { db } = database
  let isStopped = false
  const running = new Map<string, Promise<Verification | undefined>>()

  async function begin(act: Act): Promise<VerificationRun> {
    if (isStopped) throw brokenOff()
    const begun = await insert(parts, act)
    const { id } = begun
    const run = inBulkhead(() => runChecks(parts, id, () => isStopped))
      .catch(async (error: unknown) => {
        log.error({ err: error, verification: id }, 'A verification was broken off.')
        await interrupt(parts, id)
        return undefined
      })
      .finally(() => running.delete(id))
    running.set(id, run)
    return begun
  }

  return {
    begin,
    async verify(act) {
      const verification = await running.get((await begin(act)).id)
      if (!verification) throw brokenOff()
      return verification
    },
    async keep() {
      const now = clock.now()
      await inTx(db, (tx) => deleteOldRuns(tx, new Date(now.getTime() - KEPT_DAYS * DAY_MS)))
      if (!(await isNightDue(parts, now))) return
      await begin(SERVICE).catch((error: unknown) => {
        // One that somebody has begun just now does as well.
        if (!(error instanceof Problem && error.status === 409)) throw error
      })
    },
    async stop() {
      isStopped = true
      // At once: a check of a large database takes longer than a stop may.
      for (const id of running.keys()) await interrupt(parts, id)
      await Promise.all(running.values())
    },
  }
}

const alreadyRunning = () =>
  new Problem(409, 'VerificationRunning', 'A verification is running; one runs at a time.')

const brokenOff = () =>
  new Problem(503, 'Unavailable', 'The verification was broken off; the same call later is safe.')

/** @throws Problem 409 where one is running */
async function insert({ database, clock }: VerificationParts, act: Act): Promise<VerificationRun> {
  const id = newId('verification')
  const now = clock.now()
  const begunBy = actorText(act.actor) ?? 'operator'
  const leaseUntil = new Date(now.getTime() + LEASE_MS)
  await inTx(database.db, async (tx) => {
    const inserted = await insertRun(tx, { id, begunBy, names: INVARIANTS, now, leaseUntil })
    if (!inserted) throw alreadyRunning()
    appendEntry(tx, { organization: null, at: now, act, action: 'verification.begin', object: id })
  })
  const fresh = { state: 'running' as const, ended_at: null, results: [] }
  return { id, begun_by: begunBy, started_at: now, names: [...INVARIANTS], ...fresh }
}

/** Undefined where it was broken off. */
async function runChecks(
  parts: VerificationParts,
  id: string,
  isStopping: () => boolean,
): Promise<Verification | undefined> {
  const { database, clock } = parts
  const { db } = database
  const untilNext = () => new Date(clock.now().getTime() + LEASE_MS)
  const results: KeptResult[] = []
  // A check may take longer than a lease; on the connection that a busy pool does not hold up.
  const renewing = setInterval(() => {
    renewRun(database.watch, id, untilNext()).catch(() => undefined)
  }, RENEW_MS)
  try {
    const found = await verify(database, async (result, tookMs) => {
      results.push({ ...result, took_ms: tookMs })
      const isMine = await retry(() => writeResults(db, id, { results, until: untilNext() }))
      return isMine && !isStopping()
    })
    if (found.checks.length < INVARIANTS.length) return undefined
    await retry(() => endRun(db, id, { state: 'finished', now: clock.now() }))
    if (found.drift > 0) {
      const wrong = found.checks.filter(({ drift }) => drift > 0).map(({ name }) => name)
      parts.log.error(
        { verification: id, drift: sumDrift(found.checks), wrong },
        'Drift was found.',
      )
    }
    return found
  } finally {
    clearInterval(renewing)
  }
}

/** Where the database is away its lease says so a minute later. */
async function interrupt({ database, clock, log }: VerificationParts, id: string): Promise<void> {
  await endRun(database.db, id, { state: 'interrupted', now: clock.now() }).catch(
    (error: unknown) => {
      log.warn({ err: error, verification: id }, 'The end of a verification could not be written.')
    },
  )
}

/** Whether the hour of the night has come and nothing was begun since. */
async function isNightDue(
  { database, verifyHour }: VerificationParts,
  now: Date,
): Promise<boolean> {
  if (verifyHour === undefined) return false
  const dayMs = now.getTime() - (now.getTime() % DAY_MS)
  const today = dayMs + verifyHour * HOUR_MS
  const since = new Date(today <= now.getTime() ? today : today - DAY_MS)
  return (await findLastRun(database.db, now, since)) === undefined
}
