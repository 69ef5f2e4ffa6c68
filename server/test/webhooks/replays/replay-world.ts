import { sql } from 'kysely'
import { newId } from '../../../src/kernel/id.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import type { Endpoint } from '../../../src/webhooks/endpoints/endpoint.ts'
import type { ReplayProgress } from '../../../src/events/replay.ts'
import { gatherSet } from '../../../src/webhooks/replays/gather-replays.ts'
import { replayTime, resendEvent, stopReplay } from '../../../src/webhooks/replays/make-replay.ts'
import type { ReplayFields } from '../../../src/webhooks/replays/make-replay.ts'
import type { World } from '../world.ts'

export const EVENT_DAYS = 30
const DAY_MS = 86_400_000

/** What can be asked for in a world. */
export interface Replays {
  /** Of the day before now unless told otherwise; nothing of it is in line yet. */
  of(endpoint: Endpoint, fields?: Partial<ReplayFields>): Promise<ReplayProgress>
  resend(endpoint: Endpoint, event: string): Promise<ReplayProgress>
  cancel(endpoint: Endpoint, id: string): Promise<ReplayProgress>
  /** Puts all that it is of in line, in sets of so many; returns how many events that were. */
  gather(id: string, most?: number): Promise<number>
  /** What is in line and yet to be sent, by the events' keys. */
  inLine(id: string): Promise<string[]>
}

export function replaysIn(world: World): Replays {
  const { database, clock, vault, publisher: organization } = world
  const by = (endpoint: Endpoint) => {
    const change = { vault, organization, act: SERVICE, now: clock.now() }
    return { ...change, webhook: endpoint.id, eventDays: EVENT_DAYS }
  }
  return {
    of(endpoint, fields = {}) {
      const end = clock.now()
      const start = new Date(end.getTime() - DAY_MS)
      const rest = { state: null, eventTypes: null, customerId: null }
      return inTx(database.db, (tx) =>
        replayTime(tx, by(endpoint), newId('replay'), { start, end, ...rest, ...fields }),
      )
    },
    resend: (endpoint, event) =>
      inTx(database.db, (tx) => resendEvent(tx, by(endpoint), newId('replay'), event)),
    cancel: (endpoint, id) => inTx(database.db, (tx) => stopReplay(tx, by(endpoint), id)),
    async gather(id, most) {
      let events = 0
      while (await isGathering(world, id)) {
        events += await inTx(database.db, (tx) => gatherSet(tx, id, clock.now(), most))
      }
      return events
    },
    async inLine(id) {
      const { rows } = await sql<{ key: string }>`
        select subject || ' ' || sequence as key from replayed_events
        where replay = ${id} order by subject, sequence`.execute(database.db)
      return rows.map(({ key }) => key)
    },
  }
}

async function isGathering({ database }: World, id: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from replays where id = ${id} and gathered_to is not null`.execute(database.db)
  return rows.length > 0
}
