import type { Db } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { startOfWindow } from './auto-pause.ts'
import { boundReads, MAX_COUNTED, readBacklog } from './backlog-store.ts'
import { toRates } from '../attempts/minute-count.ts'
import type { Rates } from '../attempts/minute-count.ts'
import { listPulses } from '../attempts/minute-store.ts'

/** How an endpoint fares. */
export interface Stats {
  /** Events that wait, and whether there are more than were counted. */
  waiting: number
  isAtLeast: boolean
  failing: number
  oldestAt: Date | null
  lastHour: Rates
}

export async function readStats(db: Db, { number }: Endpoint, now: Date): Promise<Stats> {
  const backlog = await inTx(db, async (tx) => {
    await boundReads(tx)
    return readBacklog(tx, number)
  })
  return {
    waiting: backlog.events,
    isAtLeast: backlog.lanes >= MAX_COUNTED,
    failing: backlog.failing,
    oldestAt: backlog.oldest_at,
    lastHour: toRates(await listPulses(db, number, startOfWindow(now))),
  }
}
