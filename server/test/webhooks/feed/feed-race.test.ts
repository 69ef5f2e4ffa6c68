import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Tx } from '../../../src/kernel/database/database.ts'
import { newId } from '../../../src/kernel/id.ts'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import { insertEvents } from '../../../src/events/event-store.ts'
import type { NewEvent } from '../../../src/events/event.ts'
import { listFeed, takeFeedPoint } from '../../../src/webhooks/feed/list-feed.ts'
import type { FeedCursor } from '../../../src/webhooks/feed/feed-cursor.ts'
import type { FeedEvent } from '../../../src/webhooks/feed/feed-store.ts'
import { parseFeedCursor, formatFeedCursor } from '../../../src/webhooks/feed/feed-cursor.ts'
import { postgresql } from '../../support/databases.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

const WRITERS = 16
const TXS = 25
const SUBJECTS = 8
// Some 1,000 looks at a database that may be busy with other tests.
const TIMEOUT_MS = 120_000

/** A test's dice: the same throws every time. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

/** Counts looks, and lets others wait for some more of them. */
function createLooks() {
  let looks = 0
  const waiting = new Set<{ at: number; resolve: () => void }>()
  return {
    count() {
      looks++
      for (const each of waiting) {
        if (each.at > looks) continue
        waiting.delete(each)
        each.resolve()
      }
    },
    more: (count: number) =>
      new Promise<void>((resolve) => {
        if (count === 0) resolve()
        else waiting.add({ at: looks + count, resolve })
      }),
  }
}

/** The next event of the subject, under its lock, as whoever reports a customer writes it. */
async function happen(tx: Tx, world: World, subject: string): Promise<NewEvent> {
  await sql`select pg_advisory_xact_lock(hashtext(${subject}))`.execute(tx)
  const { rows } = await sql<{ last: number }>`
    select coalesce(max(sequence), 0)::integer as last from events where subject = ${subject}`.execute(
    tx,
  )
  const event: NewEvent = {
    id: newId('hook'),
    subject,
    sequence: (rows[0]?.last ?? 0) + 1,
    at: world.clock.now(),
    organization: world.publisher.number,
    type: 'segment-change',
    merchant: world.merchant.number,
    previous: 'new',
    current: 'active',
    cause: 'order',
    period: 1,
    blob: null,
  }
  await insertEvents(tx, [event])
  return event
}

test(
  'nothing is missed, repeated or out of order beside many writers that commit late',
  { timeout: TIMEOUT_MS },
  async () => {
    const world = await createWorld({
      ...postgresql,
      create: () => postgresql.create({ poolSize: 24 }),
    })
    const { database, publisher } = world
    const looks = createLooks()
    const subjects = Array.from({ length: SUBJECTS }, () => randomUUID()).sort()
    const written: string[] = []

    async function write(seed: number): Promise<void> {
      const roll = dice(seed)
      for (let count = 0; count < TXS; count++) {
        const mine = subjects.filter(() => roll(4) === 0)
        const events: NewEvent[] = []
        const work = inTx(database.db, async (tx) => {
          // Numbered before it waits for a lock: what it writes can come after that of later numbers.
          await sql`select pg_current_xact_id()`.execute(tx)
          await looks.more(roll(3))
          for (const subject of mine) events.push(await happen(tx, world, subject))
          await looks.more(roll(4))
          if (roll(10) === 0) throw new Error('rolled back')
        })
        await work.then(
          () => written.push(...events.map(({ id }) => id)),
          (error: Error) => expect(error.message).toBe('rolled back'),
        )
      }
    }

    const heard: FeedEvent[] = []
    let cursor: FeedCursor = { since: await takeFeedPoint(world), partial: undefined }
    const filter = { organization: publisher.number, types: ['segment-change' as const] }
    async function readPage(): Promise<boolean> {
      const { events, next } = await listFeed(world, filter, cursor, 5)
      heard.push(...events)
      cursor = parseFeedCursor(formatFeedCursor(next, {}), {}) ?? next
      looks.count()
      return events.length > 0 || next.partial !== undefined
    }

    const left = new Set(Array.from({ length: WRITERS }, (_, index) => index + 1))
    const writing = Promise.all(
      [...left].map((seed) => write(seed).finally(() => left.delete(seed))),
    )
    while (left.size > 0) await readPage()
    await writing
    while (await readPage());
    expect(heard.length).toBeGreaterThan(400)
    expect(heard.map(({ id }) => id).sort()).toEqual(written.sort())
    for (const subject of subjects) {
      const sequences = heard.filter((event) => event.subject === subject).map((e) => e.sequence)
      expect(sequences).toEqual(sequences.map((_, index) => index + 1))
    }
    await world.close()
  },
)
