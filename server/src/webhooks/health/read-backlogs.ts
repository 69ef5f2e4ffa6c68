import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import { boundReads, countEndpointStates, listBacklogs } from './backlog-store.ts'
import type { EndpointBacklog } from './backlog-store.ts'

/** Backlog of an endpoint, or of all smaller ones of one state. */
export interface BacklogShare {
  /** The id of an endpoint, or `other`: all that have less. */
  endpoint: string
  state: 'enabled' | 'paused'
  lanes: number
  oldestSeconds: number
}

export interface Backlogs {
  endpoints: { enabled: number; paused: number }
  shares: BacklogShare[]
}

/** How many endpoints have a time series of their own: it bounds the cardinality of the metrics. */
const MAX_NAMED = 50

/** Reads the backlogs: the largest by endpoint, all others together. */
export function createReadBacklogs(parts: { database: Database; clock: Clock }) {
  const { database, clock } = parts
  return async (): Promise<Backlogs> => {
    const { endpoints, backlogs } = await database.db.transaction().execute(async (tx) => {
      await boundReads(tx)
      return { endpoints: await countEndpointStates(tx), backlogs: await listBacklogs(tx) }
    })
    return { endpoints, shares: toShares(backlogs, clock.now()) }
  }
}

export function toShares(backlogs: EndpointBacklog[], now: Date): BacklogShare[] {
  const sorted = backlogs.toSorted((left, right) => right.lanes - left.lanes)
  const shares = new Map<string, BacklogShare>()
  for (const [index, { id, is_paused: isPaused, lanes, oldest_at: oldestAt }] of sorted.entries()) {
    const endpoint = index < MAX_NAMED ? id : 'other'
    const state = isPaused ? 'paused' : 'enabled'
    const oldestSeconds = Math.max(0, (now.getTime() - oldestAt.getTime()) / 1000)
    const share = shares.get(`${endpoint} ${state}`)
    shares.set(`${endpoint} ${state}`, {
      endpoint,
      state,
      lanes: lanes + (share?.lanes ?? 0),
      oldestSeconds: Math.max(oldestSeconds, share?.oldestSeconds ?? 0),
    })
  }
  return [...shares.values()]
}
