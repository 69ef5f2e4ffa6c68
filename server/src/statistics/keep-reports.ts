import { setTimeout as pause } from 'node:timers/promises'
import { inBulkhead } from '../kernel/bulkhead.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { retry } from '../kernel/database/transaction.ts'
import { SECOND_MS } from '../kernel/durations.ts'
import type { Logger } from '../kernel/log.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Directory } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'
import { countCommissions } from './count-commissions.ts'
import { countMoves } from './count-moves.ts'
import { countSegments } from './count-segments.ts'
import type { CountedDay, Counting } from './counting.ts'
import { encryptCounts } from './counts.ts'
import { findState, writeDay, writeState } from './day-store.ts'
import type { ReportKey, ReportName, ReportState } from './day-store.ts'

export interface CountingParts {
  database: Database
  vault: Vault
  clock: Clock
  log: Logger
  directory: Directory
  /** For how many days events are kept. */
  eventDays: number
}

/** The counts of all reports: kept by a chore, and brought up to date by who reads them. */
export interface Reports {
  /** Brings the report up to date where that is due and takes no longer than a second; answers what is there then. */
  refresh(organization: Organization, report: ReportName): Promise<ReportState | undefined>
  /** The chore: all reports of all organizations that are due. */
  countAll(): Promise<void>
  /** Resolves when the count under way has put down its work. */
  stop(): Promise<void>
}

// A count takes at most this part of the time, so that it cannot be felt, however often somebody reads.
const REST = 200
const LEAST_REST_MS = 5 * SECOND_MS
/** So long a reader waits for a count; then it is answered what was counted before. */
const PATIENCE_MS = SECOND_MS

const REPORTS: Record<Organization['role'], readonly ReportName[]> = {
  publisher: ['segments', 'moves', 'commissions'],
  merchant: ['commissions'],
}

/**
 * Materialized counts by day, maintained incrementally and off the hot path: no order's transaction knows of them. A
 * day is counted whole and its row replaced, so that a count which is cut off, or done twice, does no harm.
 */
export function createReports(parts: CountingParts): Reports {
  const { database, clock, log } = parts
  const { db } = database
  const running = new Map<string, Promise<void>>()
  /** One at a time, whosever: a count must not take what calls are short of. */
  let queue: Promise<void> = Promise.resolve()
  let isStopped = false
  const isStopping = (): boolean => isStopped

  function count(organization: Organization, report: ReportName): Promise<void> {
    const key = `${organization.number} ${report}`
    const under = running.get(key)
    if (under) return under
    const mine = queue
      .then(() => inBulkhead(() => retry(() => countNow(parts, organization, report, isStopping))))
      .finally(() => running.delete(key))
    queue = mine.catch(() => undefined)
    running.set(key, mine)
    return mine
  }

  const isDue = (state: ReportState | undefined): boolean =>
    !state || clock.now().getTime() - state.as_of.getTime() > restMs(state)

  return {
    async refresh(organization, report) {
      const key = { organization: organization.number, report }
      const state = await retry(() => findState(db, key))
      if (!isDue(state)) return state
      const counted = count(organization, report).catch((error: unknown) => {
        log.warn(
          { err: error, report },
          'A report could not be counted; what was counted before is answered.',
        )
      })
      if (state && state.took_ms > PATIENCE_MS) return state
      await Promise.race([counted, pause(PATIENCE_MS, undefined, { ref: false })])
      return retry(() => findState(db, key))
    },
    async countAll() {
      for (const organization of parts.directory.lastKnown().organizations()) {
        for (const report of REPORTS[organization.role]) {
          if (isStopped) return
          const key = { organization: organization.number, report }
          if (!isDue(await findState(db, key))) continue
          // The others' counts do not wait for what is wrong with one.
          await count(organization, report).catch((error: unknown) => {
            log.error({ err: error, ...key }, 'A report could not be counted.')
          })
        }
      }
    },
    async stop() {
      isStopped = true
      await queue
    },
  }
}

const restMs = ({ took_ms: tookMs }: ReportState): number => Math.max(LEAST_REST_MS, tookMs * REST)

async function countNow(
  parts: CountingParts,
  organization: Organization,
  report: ReportName,
  isStopping: () => boolean,
): Promise<void> {
  if (isStopping()) return
  const { db } = parts.database
  const key: ReportKey = { organization: organization.number, report }
  const now = parts.clock.now()
  const began = performance.now()
  const since = (await findState(db, key))?.as_of
  const counting: Counting = {
    ...{ db, vault: parts.vault, snapshot: parts.directory.current() },
    ...{ organization, now, isStopping },
  }
  for await (const { day, counts, dueAt } of countDays(counting, report, since, parts.eventDays)) {
    const encrypted = encryptCounts(parts.vault, key, day, counts)
    await writeDay(db, key, { day, as_of: now, due_at: dueAt, counts: encrypted })
  }
  // What is left of a count that was cut off is done by the next.
  if (isStopping()) return
  await writeState(db, key, { as_of: now, took_ms: Math.ceil(performance.now() - began) })
}

function countDays(
  counting: Counting,
  report: ReportName,
  since: Date | undefined,
  eventDays: number,
): AsyncGenerator<CountedDay<unknown>> {
  if (report === 'segments') return countSegments(counting)
  if (report === 'moves') return countMoves(counting, since, eventDays)
  return countCommissions(counting, since)
}
