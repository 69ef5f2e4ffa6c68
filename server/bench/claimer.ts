import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { claimLanes } from '../src/events/claim-lanes.ts'
import type { Demand, LaneClaim } from '../src/events/claim-lanes.ts'
import type { Database } from '../src/kernel/database/database.ts'
import { inTx } from '../src/kernel/database/transaction.ts'
import { LEASE_MS } from '../src/webhooks/dispatch/claim-deliveries.ts'
import { createEndpointQueue, recordClaim } from '../src/webhooks/dispatch/endpoint-queue.ts'

// The dispatcher's.
const LIMIT = 2_000

export interface TimedClaim {
  ms: number
  lanes: LaneClaim[]
  token: string
}

/**
 * Claims so many lanes as the server would, and as many that a resume made due: from where the last claim
 * came to, or from the beginning.
 */
export type Claimer = (count: number, isFullScan?: boolean) => Promise<TimedClaim>

export async function createClaimer({ db }: Database, webhook: string): Promise<Claimer> {
  const { rows } = await sql<{ number: number }>`
    select number from endpoints where id = ${webhook}`.execute(db)
  if (!rows[0]) throw new Error('there is no such webhook')
  const queue = createEndpointQueue(rows[0].number)
  return async (count, isFullScan = false) => {
    const now = new Date()
    const demand: Demand = {
      live: count,
      resumed: count,
      bulk: count,
      liveWatermark: isFullScan ? null : queue.live.watermark,
      resumedWatermark: isFullScan ? null : queue.resumed.watermark,
      bulkWatermark: isFullScan ? null : queue.bulk.watermark,
      resumedAt: queue.resumedAt,
    }
    const token = randomUUID()
    const query = {
      now,
      leaseEnd: new Date(now.getTime() + LEASE_MS),
      token,
      prefetch: count,
      watermark: null,
      demands: new Map([[queue.endpoint, demand]]),
      limit: LIMIT,
      after: 0,
    }
    const began = performance.now()
    const lanes = await inTx(db, (tx) => claimLanes(tx, query))
    const ms = performance.now() - began
    if (lanes.length < count) throw new Error(`a claim got ${lanes.length} lanes of ${count}`)
    recordClaim(queue, lanes, demand, { now, isCut: lanes.length >= LIMIT })
    return { ms, lanes, token }
  }
}
