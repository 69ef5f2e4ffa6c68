import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../../src/kernel/clock.ts'
import { openPostgres } from '../../src/kernel/database/database.ts'
import type { Db, Tx } from '../../src/kernel/database/database.ts'
import { createLog } from '../../src/kernel/log.ts'
import { startServer } from '../../src/start.ts'
import { createWorld, DAY_MS, percent } from '../commissions/world.ts'
import type { World } from '../commissions/world.ts'
import { databases, postgresql } from '../support/databases.ts'
import { EFFORT } from '../support/effort.ts'
import type { TestDatabase } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { createCall, must, networkConfig } from '../support/network.ts'
import type { Call } from '../support/network.ts'
import { expectNothingMissed, followByCursor, followByDate, listStates } from './followers.ts'
import type { Follower, ShownAs } from './followers.ts'

const TRANSACTIONS = '/v1/affiliation/transactions?page_size=3'
const WRITERS = 24
const ORDERS_EACH = 2 * EFFORT
const TIMEOUT_MS = 120_000

/** A list that is followed, and by whom. */
interface Followed {
  call: Call
  list: string
  shownAs: ShownAs
  followers: Follower[]
}

/** By any date but that of the change the later states of a transaction do not come again. */
function listsOf({ publisher, merchant }: Pick<World, 'publisher' | 'merchant'>): Followed[] {
  const modified = {
    call: publisher.call,
    list: `${TRANSACTIONS}&time_field=modified_date`,
    shownAs: ({ id, amount, status, modified_date: date }: Record<string, unknown>) => ({
      state: [id, amount, status].join(),
      date: String(date),
    }),
  }
  const created = {
    call: publisher.call,
    list: TRANSACTIONS,
    shownAs: ({ id, created_date: date }: Record<string, unknown>) => ({
      state: String(id),
      date: String(date),
    }),
  }
  const conflicts = {
    call: merchant.call,
    list: '/v1/verdict-conflicts?page_size=3',
    shownAs: ({ order_id: id, judged_date: date }: Record<string, unknown>) => ({
      state: String(id),
      date: String(date),
    }),
  }
  return [
    { ...modified, followers: [followByCursor(modified), followByDate(modified)] },
    { ...created, followers: [followByDate(created)] },
    { ...conflicts, followers: [followByDate(conflicts)] },
  ]
}

const readAll = async (lists: Followed[]): Promise<void> => {
  await Promise.all(lists.flatMap(({ followers }) => followers).map((each) => each.read()))
}

async function expectAllFollowed(lists: Followed[]): Promise<void> {
  for (const each of lists) await expectNothingMissed(each.followers, each)
}

/** The merchant calls everybody known, whom the network finds to be new: each order is a conflict. */
function orderOf(id: string, token: string) {
  const customer = { id: `of-${id}`, email_sha256: emailHash(id), is_new: false }
  return { order_id: id, total: 10_000, currency: 'USD', btn_ref: token, customer }
}

async function startWorld(testDatabase: TestDatabase): Promise<World> {
  const world = await createWorld(testDatabase)
  onTestFinished(() => world.stop())
  await world.card([percent(10)])
  return world
}

describe.each(databases)('lists that are followed on $name', (testDatabase) => {
  test.each([
    ['a clock that goes on', 1],
    ['a clock that stands still: all dates are equal', 0],
  ])(
    `nothing is missed beside ${WRITERS} writers, with %s`,
    { timeout: TIMEOUT_MS },
    async (_name, step) => {
      const world = await startWorld({
        ...testDatabase,
        create: () => testDatabase.create({ poolSize: 24 }),
      })
      const lists = listsOf(world)
      const tokens = await Promise.all(Array.from({ length: WRITERS }, () => world.click()))
      async function write(token: string, writer: number): Promise<void> {
        for (let count = 0; count < ORDERS_EACH; count++) {
          const id = `order-${writer}-${count}`
          world.clock.advance(step)
          await must(world.merchant.call('POST', '/v1/order', orderOf(id, token)))
          world.clock.advance(step)
          const change = { total: 5_000 + 100 * count }
          await must(world.merchant.call('POST', `/v1/order/${id}`, change))
        }
      }
      const left = new Set(tokens)
      const writing = Promise.all(
        tokens.map((token, writer) => write(token, writer).finally(() => left.delete(token))),
      )
      while (left.size > 0) await readAll(lists)
      await writing
      await expectAllFollowed(lists)
      for (const each of lists) {
        expect(await listStates(each), each.list).toHaveLength(WRITERS * ORDERS_EACH)
      }
      expect(await world.drift()).toEqual([])
    },
  )

  test('what is erased keeps its place in its list', { timeout: TIMEOUT_MS }, async () => {
    const world = await startWorld(testDatabase)
    await must(
      world.publisher.call('POST', '/v1/customers', {
        id: 'anna',
        email_sha256: emailHash('anna'),
      }),
    )
    const token = await world.click({ customer: 'anna' })
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await must(world.merchant.call('POST', '/v1/order', orderOf(id, token)))
    }
    const list = `${TRANSACTIONS}&time_field=modified_date`
    const shownAs: ShownAs = ({ id }) => ({ state: String(id), date: '' })
    const before = await listStates({ call: world.publisher.call, list, shownAs })
    expect(before).toHaveLength(6)
    await world.publisher.call('DELETE', '/v1/customers/anna')
    expect(await listStates({ call: world.publisher.call, list, shownAs })).toEqual(before)
  })
})

/** A tx that is open until `end` is called; `work` is done in it. */
async function holdOpen(db: Db, work: (tx: Tx) => Promise<unknown>): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<undefined>()
  const ended = Promise.withResolvers<undefined>()
  const done = db.transaction().execute(async (tx) => {
    await work(tx)
    held.resolve(undefined)
    await ended.promise
  })
  await Promise.race([held.promise, done])
  return async () => {
    ended.resolve(undefined)
    await done
  }
}

/** Comes back once somebody waits for a lock in this database. */
async function untilSomebodyWaits(db: Db): Promise<void> {
  for (;;) {
    const { rows } = await sql`
      select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
    if (rows.length > 0) return
  }
}

describe('lists that are followed beside what is held up', () => {
  test('an order that waits for its buyer while others are reported', async () => {
    const world = await startWorld(postgresql)
    const { clock, merchant, network } = world
    const lists = listsOf(world)
    const token = await world.click()
    const report = (id: string) => must(merchant.call('POST', '/v1/order', orderOf(id, token)))
    await report('first')
    const release = await holdOpen(network.db, (tx) =>
      sql`select 1 from identities for update`.execute(tx),
    )
    // By a buyer of the same address, whom the merchant calls new: a conflict as well.
    const customer = { id: 'another', email_sha256: emailHash('first'), is_new: true }
    const held = must(merchant.call('POST', '/v1/order', { ...orderOf('held', token), customer }))
    await untilSomebodyWaits(network.db)
    for (const id of ['second', 'third', 'fourth', 'fifth']) {
      clock.advance(3_000)
      await report(id)
      await readAll(lists)
    }
    const [modified] = lists as [Followed]
    expect(
      modified.followers.map(({ seen }) => seen.size),
      'nobody waits',
    ).toEqual([5, 5])
    await release()
    await held
    await expectAllFollowed(lists)
    expect(await listStates(modified)).toHaveLength(6)
  })

  test('a change that waits for its transaction while others are made', async () => {
    const world = await startWorld(postgresql)
    const { clock, merchant, network } = world
    const lists = listsOf(world)
    const token = await world.click()
    const ids = ['first', 'second', 'third', 'fourth', 'fifth']
    for (const id of ids) await must(merchant.call('POST', '/v1/order', orderOf(id, token)))
    await readAll(lists)
    const { transaction } = await getOrderRow(network.db, merchant.call, 'first')
    const release = await holdOpen(network.db, (tx) =>
      sql`select 1 from transactions where id = ${transaction} for update`.execute(tx),
    )
    clock.advance(1_000)
    const held = must(merchant.call('POST', '/v1/order/first', { total: 77 }))
    await untilSomebodyWaits(network.db)
    for (const id of ids.slice(1)) {
      clock.advance(3_000)
      await must(merchant.call('POST', `/v1/order/${id}`, { total: 5_000 }))
      await readAll(lists)
    }
    await release()
    await held
    await expectAllFollowed(lists)
  })
})

async function getOrderRow(db: Db, call: Call, id: string): Promise<{ transaction: string }> {
  const { button_order_id: buttonId } = await must(call('GET', `/v1/order/${id}`))
  const { rows } = await sql<{ transaction: string }>`
    select transaction from orders where button_id = ${buttonId}`.execute(db)
  if (!rows[0]) throw new Error('the order has no row')
  return rows[0]
}

describe('lists that two processes write', () => {
  /** The world's own server, and another on its database whose clock is a second behind. */
  async function startTwo(): Promise<{ world: World; behind: Call }> {
    let url = ''
    const world = await startWorld({
      ...postgresql,
      async create(options) {
        const fresh = await postgresql.create(options)
        url = fresh.url ?? ''
        return fresh
      },
    })
    const clock: Clock = { now: () => new Date(world.clock.now().getTime() - 1_000) }
    const database = await openPostgres(url)
    const server = await startServer({
      database,
      clock,
      log: createLog('silent'),
      config: networkConfig(),
    })
    onTestFinished(async () => {
      await server.stop()
      await database.close()
    })
    return { world, behind: createCall(server.url, world.merchant.key) }
  }

  test('nothing is missed of the one whose clock is a second behind', async () => {
    const { world, behind } = await startTwo()
    const { clock, merchant } = world
    const lists = listsOf(world)
    const token = await world.click()
    for (let index = 0; index < 12; index++) {
      const call = index % 2 === 0 ? merchant.call : behind
      await must(call('POST', '/v1/order', orderOf(`order-${index}`, token)))
      await readAll(lists)
      clock.advance(200)
    }
    for (let index = 0; index < 12; index++) {
      const call = index % 2 === 0 ? behind : merchant.call
      await must(call('POST', `/v1/order/order-${index}`, { total: 500 + index }))
      await readAll(lists)
      clock.advance(200)
    }
    await expectAllFollowed(lists)
    await world.advance(40 * DAY_MS)
    await world.validate()
    await expectAllFollowed(lists)
    expect(await world.drift()).toEqual([])
  })

  test('an order is taken by the one behind right after the buyer’s first by the other', async () => {
    const { world, behind } = await startTwo()
    const token = await world.click()
    const first = orderOf('first', token)
    await must(world.merchant.call('POST', '/v1/order', first))
    await must(behind('POST', '/v1/order', { ...first, order_id: 'second' }))
    const verdict = await must(behind('GET', '/v1/order/second/verdict'))
    expect(verdict).toMatchObject({
      judged: 'active',
      evidence: { known_date: verdict.judged_date },
    })
    expect(await world.drift()).toEqual([])
  })
})
