import type { Db } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { startOfWindow } from './auto-pause.ts'
import { boundReads, MAX_COUNTED, getBacklog } from './backlog-store.ts'
import { toRates } from '../attempts/minute-count.ts'
import type { Rates } from '../attempts/minute-count.ts'
import { listMinutes } from '../attempts/minute-store.ts'

/** Statistics of an endpoint: its backlog, and the rates of the last hour. */
export interface Stats {
  /** Events that wait. `isAtLeast`: there may be more than were counted. */
  waiting: number
  isAtLeast: boolean
  failing: number
  oldestAt: Date | null
  lastHour: Rates
}

export async function readStats(db: Db, { number }: Endpoint, now: Date): Promise<Stats> {
  const backlog = await inTx(db, async (tx) => {
    await boundReads(tx)
    return getBacklog(tx, number)
  })
  return {
    waiting: backlog.events,
    isAtLeast: backlog.lanes >= MAX_COUNTED,
    failing: backlog.failing,
    oldestAt: backlog.oldest_at,
    lastHour: toRates(await listMinutes(db, number, startOfWindow(now))),
  }
}
