import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPostgres } from '../../../src/kernel/database/database.ts'
import type { Database } from '../../../src/kernel/database/database.ts'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import { createBackoff } from '../../../src/kernel/limits/backoff.ts'
import { createFixedWindow } from '../../../src/kernel/limits/fixed-window.ts'
import { addCounts, deleteOldCounts } from '../../../src/kernel/limits/shared-count-store.ts'
import { createSharedCounts } from '../../../src/kernel/limits/shared-counts.ts'
import { createLog } from '../../../src/kernel/log.ts'
import { createVault } from '../../../src/kernel/vault.ts'
import { createSignInThrottle } from '../../../src/members/sign-in-throttle.ts'
import { manualClock } from '../../support/clock.ts'
import type { ManualClock } from '../../support/clock.ts'
import { databases, postgresql } from '../../support/databases.ts'
import type { FreshDatabase } from '../../support/databases.ts'
import { dumpRows } from '../../support/dump.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const log = createLog('silent')
const vault = createVault(Buffer.alloc(32, 1))

describe('processes on one database', () => {
  let fresh: FreshDatabase
  let other: Database
  let clock: ManualClock
  beforeEach(async () => {
    fresh = await postgresql.create({ poolSize: 3 })
    other = await openPostgres(fresh.url!, { poolSize: 3 })
    clock = manualClock()
  })
  afterEach(async () => {
    await other.close()
    await fresh.drop()
  })

  /** Two processes with a limit each; both tell and learn in turn. */
  function createPair<Limit>(create: (counts: ReturnType<typeof createSharedCounts>) => Limit) {
    const processes = [fresh.database, other].map((database) => {
      const counts = createSharedCounts({ database, vault, log })
      return { counts, limit: create(counts) }
    })
    const [one, two] = processes as [(typeof processes)[0], (typeof processes)[0]]
    return { one, two }
  }

  function createWindows(sharedFrom = 0) {
    return createPair((counts) => {
      const window = createFixedWindow({
        ...{ clock, windowMs: MINUTE_MS, maxBuckets: 1_000, whenFull: 'share one' },
        sharedFrom: () => sharedFrom,
      })
      counts.shareWindow('calls', window)
      return window
    })
  }

  type Windows = ReturnType<typeof createWindows>['one']
  /** How many of so many calls are admitted. */
  const admitted = ({ limit }: Windows, calls: number, quota = 100): number =>
    Array.from({ length: calls }, () => limit.draw('org', quota)).filter((each) => !each.isRefused)
      .length

  test('admit no more together than the limit, once they have heard of each other', async () => {
    const { one, two } = createWindows()
    expect([admitted(one, 40), admitted(two, 30)]).toEqual([40, 30])
    await one.counts.exchange()
    await two.counts.exchange()
    // The other one has heard of all 70; the one only of its own.
    expect(admitted(two, 100)).toBe(30)
    await two.counts.exchange()
    expect(admitted(one, 1)).toBe(1)
    await one.counts.exchange()
    expect([admitted(one, 100), admitted(two, 100)], 'all of it is gone').toEqual([0, 0])
    // What one let through before it heard is more than the limit, and owed.
    clock.advance(MINUTE_MS)
    expect(admitted(one, 1)).toBe(1)
    await one.counts.exchange()
    expect(admitted(one, 200)).toBe(98)
  })

  test('owe together what a batch overdraws, also where another process never saw it', async () => {
    const { one, two } = createWindows()
    one.limit.draw('org', 100, 350)
    await one.counts.exchange()
    clock.advance(MINUTE_MS)
    expect(admitted(two, 1), 'it has not heard').toBe(1)
    await two.counts.exchange()
    expect(admitted(two, 100)).toBe(0)
    clock.advance(MINUTE_MS)
    expect(admitted(two, 100)).toBe(0)
    clock.advance(MINUTE_MS)
    expect(admitted(one, 1)).toBe(1)
    await one.counts.exchange()
    expect(admitted(one, 200), 'of 351 draws 51 are owed').toBe(48)
  })

  test('count what is told a window late in the window that it was drawn in', async () => {
    const { one, two } = createWindows()
    admitted(one, 60)
    clock.advance(MINUTE_MS)
    expect(admitted(two, 10)).toBe(10)
    await two.counts.exchange()
    // The 60 are of the minute before, in which 40 were free.
    await one.counts.exchange()
    two.limit.draw('org', 100)
    await two.counts.exchange()
    expect(admitted(two, 200)).toBe(89)
  })

  test('owe what is told late, as far as its own window had no room for it', async () => {
    const { one, two } = createWindows()
    admitted(one, 60)
    two.limit.draw('org', 100, 70)
    await two.counts.exchange()
    clock.advance(MINUTE_MS)
    two.limit.draw('org', 100)
    await two.counts.exchange()
    await one.counts.exchange()
    two.limit.draw('org', 100)
    await two.counts.exchange()
    expect(admitted(two, 200), '30 are owed, and 2 are drawn').toBe(68)
  })

  test('go on by themselves while the database is away, and tell it all afterwards', async () => {
    const { one, two } = createWindows()
    const away = await openPostgres(fresh.url!, { poolSize: 3 })
    const lost = createSharedCounts({ database: away, vault, log })
    lost.shareWindow('calls', one.limit)
    await sql`select 1`.execute(away.watch)
    await away.close()
    admitted(one, 60)
    await expect(lost.exchange()).rejects.toThrow()
    expect(admitted(one, 10)).toBe(10)
    await one.counts.exchange()
    two.limit.draw('org', 100)
    await two.counts.exchange()
    expect(admitted(two, 100)).toBe(29)
  })

  test('write nothing of a bucket that hardly anything was drawn from', async () => {
    const { one, two } = createWindows(10)
    admitted(one, 9)
    await one.counts.exchange()
    expect((await dumpRows(fresh.database.db)).get('window_counts')).toEqual([])
    admitted(one, 1)
    await one.counts.exchange()
    admitted(two, 10)
    await two.counts.exchange()
    expect(admitted(two, 100)).toBe(80)
  })

  test('hold up guesses that another of them has seen', async () => {
    const { one, two } = createPair((counts) => createSignInThrottle(clock, counts))
    const guess = { account: 'kim', network: '192.0.2.1', isKnownDevice: true }
    const waits = ({ limit }: typeof one): number => {
      try {
        limit.begin(guess)
        return 0
      } catch (error) {
        return (error as { details: { seconds: number } }).details.seconds
      }
    }
    for (let count = 0; count < 5; count++) expect(waits(one)).toBe(0)
    await one.counts.exchange()
    expect(waits(two), 'it has not heard').toBe(0)
    await two.counts.exchange()
    expect(waits(two), 'the sixth').toBe(2)
    clock.advance(2_000)
    expect(waits(two)).toBe(0)
    two.limit.succeed(guess)
    await two.counts.exchange()
    clock.advance(1_000)
    expect(waits(one)).toBe(0)
    await one.counts.exchange()
    expect(waits(one), 'the right one has ended the count').toBe(0)
  })

  test('have nothing plain of whom they count', async () => {
    const { one } = createPair((counts) => createSignInThrottle(clock, counts))
    one.limit.begin({ account: 'kim', network: '192.0.2.77', isKnownDevice: false })
    await one.counts.exchange()
    const dump = await dumpRows(fresh.database.db)
    const rows = ['window_counts', 'guess_counts'].flatMap((table) => dump.get(table) ?? [])
    expect(rows).toHaveLength(4)
    const bytes = rows.map((row) =>
      row.replace(/\\x([0-9a-f]+)/g, (_, hex: string) => atobHex(hex)),
    )
    for (const row of [...rows, ...bytes]) expect(row).not.toMatch(/kim|192\.0/)
  })

  test('tell the rest in another turn where strangers are very many', async () => {
    const { one } = createWindows()
    const backoff = createBackoff({
      ...{ clock, free: 5, longestMs: MINUTE_MS, keptMs: HOUR_MS, maxKeys: 10_000 },
    })
    one.counts.shareBackoff('guesses', backoff)
    for (let index = 0; index < 2_500; index++) backoff.count(`address ${index}`)
    const kept = async () => (await dumpRows(fresh.database.db)).get('guess_counts')?.length
    await one.counts.exchange()
    expect(await kept()).toBe(2_000)
    await one.counts.exchange()
    expect(await kept()).toBe(2_500)
  })
})

const atobHex = (hex: string): string => Buffer.from(hex, 'hex').toString('latin1')

describe.each(databases)('counts on $name', ({ create }) => {
  test('are deleted once they say nothing any more', async () => {
    const { database, drop } = await create()
    const { db } = database
    const now = new Date('2025-03-04T10:00:00.000Z')
    const window = now.getTime() / MINUTE_MS
    const row = { windowMs: MINUTE_MS, quota: 10 }
    const key = (name: string) => Buffer.from(name)
    await addCounts(
      db,
      [
        { ...row, key: key('over'), window, count: 10 },
        { ...row, key: key('owed'), window, count: 200 },
      ],
      [{ key: key('guessed'), count: 3, lastAt: now, keptMs: HOUR_MS }],
    )
    const left = async () => {
      const dump = await dumpRows(db)
      return ['window_counts', 'guess_counts'].map((table) => dump.get(table)?.length)
    }
    await inTx(db, (tx) => deleteOldCounts(tx, now))
    expect(await left()).toEqual([2, 1])
    const after = (minutes: number) => new Date(now.getTime() + minutes * MINUTE_MS)
    await inTx(db, (tx) => deleteOldCounts(tx, after(15)))
    expect(await left()).toEqual([1, 1])
    await inTx(db, (tx) => deleteOldCounts(tx, after(61)))
    expect(await left()).toEqual([0, 0])
    await drop()
  })
})
