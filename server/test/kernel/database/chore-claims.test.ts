import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createChores } from '../../../src/kernel/chores.ts'
import type { Chore } from '../../../src/kernel/chores.ts'
import { createChoreClaims } from '../../../src/kernel/database/chore-store.ts'
import { createLog } from '../../../src/kernel/log.ts'
import { databases } from '../../support/databases.ts'
import type { FreshDatabase } from '../../support/databases.ts'

const log = createLog('silent')

describe.each(databases)('chores of several processes on $name', ({ create }) => {
  let fresh: FreshDatabase
  beforeEach(async () => {
    fresh = await create()
  })
  afterEach(() => fresh.drop())

  /** A round of the chores as one process does it. */
  async function doRound(...chores: Chore[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const last = { run: () => Promise.resolve(resolve(undefined)), failure: 'The last failed.' }
    const round = createChores([...chores, last], log, createChoreClaims(fresh.database.db))
    round.start()
    await promise
    await round.stop()
  }

  test('are done by one, but for what each has in memory', async () => {
    const done = { shared: 0, own: 0 }
    const chores: Chore[] = [
      { name: 'shared', run: () => Promise.resolve(done.shared++), failure: 'It failed.' },
      { run: () => Promise.resolve(done.own++), failure: 'It failed.' },
    ]
    await Promise.all([doRound(...chores), doRound(...chores), doRound(...chores)])
    expect(done).toEqual({ shared: 1, own: 3 })
    await sql`update chores set due_at = due_at - interval '59 minutes'`.execute(fresh.database.db)
    await doRound(...chores)
    expect(done).toEqual({ shared: 1, own: 4 })
    await sql`update chores set due_at = due_at - interval '1 minute'`.execute(fresh.database.db)
    await Promise.all([doRound(...chores), doRound(...chores)])
    expect(done).toEqual({ shared: 2, own: 6 })
  })

  test('are due at once where their process stopped before it was through', async () => {
    const began = Promise.withResolvers<undefined>()
    const ends = Promise.withResolvers<undefined>()
    const long: Chore = {
      name: 'long',
      async run() {
        began.resolve(undefined)
        await ends.promise
      },
      failure: 'It failed.',
    }
    const claims = createChoreClaims(fresh.database.db)
    const stopping = createChores([long], log, claims)
    stopping.start()
    await began.promise
    expect(await claims.claim('long', 1_000)).toBe(false)
    const stopped = stopping.stop()
    ends.resolve(undefined)
    await stopped
    expect(await claims.claim('long', 1_000)).toBe(true)
  })
})
