import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { inTx } from '../../src/kernel/database/transaction.ts'
import { lockLanes } from '../../src/events/record-lanes.ts'
import type { LaneProgress } from '../../src/events/record-lanes.ts'
import { postgresql } from '../support/databases.ts'
import { createWorld } from '../webhooks/world.ts'

const token = '00000000-0000-4000-8000-000000000000'

function progressOf({ endpoint, subject }: { endpoint: number; subject: string }): LaneProgress {
  const health = { attempt: 0, failingSince: null, failedAt: null }
  return { endpoint, subject, token, acked: 0, ackedAt: null, replay: null, ...health, dueAt: null }
}

test('lanes are locked in the order in which events are appended, however they are given', async () => {
  const world = await createWorld(postgresql)
  const { db } = world.database
  try {
    await world.endpoint('https://example.com/')
    await world.happen(...Array.from({ length: 3 }, () => world.customer()).sort())
    await sql`update lanes set token = ${token}, leased_until = now()`.execute(db)
    const lanes = await world.lanes()
    const [first, middle, last] = lanes.map((lane) => lane.subject)
    const locked = Promise.withResolvers<undefined>()
    const release = Promise.withResolvers<undefined>()
    const holding = inTx(db, async (tx) => {
      await sql`select 1 from lanes where subject = ${middle} for update`.execute(tx)
      locked.resolve(undefined)
      await release.promise
    })
    await locked.promise
    const locking = inTx(db, (tx) => lockLanes(tx, lanes.map(progressOf).reverse()))
    await vi.waitFor(async () => {
      const { rows } = await sql`
        select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
      expect(rows).toHaveLength(1)
    })
    const { rows: free } = await sql<{ subject: string }>`
      select subject from lanes order by subject for update skip locked`.execute(db)
    expect(free.map((lane) => lane.subject)).toEqual([last])
    expect(first).not.toBe(last)
    release.resolve(undefined)
    await Promise.all([holding, locking])
  } finally {
    await world.close()
  }
})
