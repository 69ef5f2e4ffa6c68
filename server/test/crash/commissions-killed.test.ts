import { rm } from 'node:fs/promises'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { createCall, must } from '../support/network.ts'
import type { Answer } from '../support/network.ts'
import { startPostgres } from '../support/postgres.ts'
import { startReceiver } from '../support/receiver.ts'
import { makeDataFolder } from '../support/templates.ts'
import { complaintsOf, startChild } from './child-server.ts'
import type { ChildServer } from './child-server.ts'
import { createDice } from './dice.ts'
import { createAddress, createMilestones } from './load.ts'
import { joinNetwork, readAll } from './members.ts'
import type { Members } from './members.ts'
import { inviteShoppers, shop } from './shoppers.ts'
import type { Shopper } from './shoppers.ts'
import { EFFORT } from '../support/effort.ts'

const OPERATOR_KEY = 'op-a-key-for-tests-only'
const SEED = 20_260_314
const PAIRS = 100 * EFFORT
const KILLS = 2 * EFFORT

/** What is killed, and brought back. */
interface Victim {
  server(): ChildServer
  kill(): Promise<void>
  /** Answers where the server is then. */
  revive(): Promise<string>
  remove(): Promise<void>
}

async function startVictim(env: Record<string, string>, remove: () => Promise<void>) {
  const start = () => startChild({ ...env, NEWCOMER_OPERATOR_KEY: OPERATOR_KEY })
  let server = await start()
  const victim: Victim = {
    server: () => server,
    kill: () => server.kill9(),
    async revive() {
      server = await start()
      return server.url
    },
    async remove() {
      await server.kill9()
      await remove()
    },
  }
  return victim
}

const victims: { name: string; prepare(): Promise<Victim> }[] = [
  {
    name: 'a server on PGlite',
    async prepare() {
      const folder = await makeDataFolder(inject('pgliteFolder'), 'shopping')
      const remove = () => rm(folder, { recursive: true, force: true })
      return startVictim({ NEWCOMER_DATA: folder }, remove)
    },
  },
  {
    name: 'a server on PostgreSQL',
    async prepare() {
      const postgres = await startPostgres()
      const env = { DATABASE_URL: postgres.url('postgres'), NEWCOMER_KEY: 'cd'.repeat(32) }
      return startVictim(env, () => postgres.stop())
    },
  },
  {
    name: 'PostgreSQL',
    async prepare() {
      const settings = { fsync: 'on', synchronous_commit: 'on' }
      const postgres = await startPostgres({ settings })
      const env = { DATABASE_URL: postgres.url('postgres'), NEWCOMER_KEY: 'ef'.repeat(32) }
      const victim = await startVictim(env, () => postgres.stop())
      return {
        ...victim,
        kill: () => postgres.kill9(),
        async revive() {
          await postgres.restart()
          return victim.server().url
        },
      }
    },
  },
]

describe.each(victims)('$name is killed while people shop', ({ prepare }) => {
  test(
    `what was acknowledged is owed, once (seed ${SEED})`,
    { timeout: 240_000 * EFFORT },
    async () => {
      const victim = await prepare()
      onTestFinished(() => victim.remove())
      const receiver = await startReceiver(204)
      onTestFinished(() => receiver.close())
      const { url } = victim.server()
      const members = await joinNetwork(url, OPERATOR_KEY, { A: receiver.url, B: receiver.url })
      const shoppers = await inviteShoppers(url, members, { seed: SEED, pairs: PAIRS })
      const dice = createDice(SEED)
      const address = createAddress()
      address.set(url)
      const reached = createMilestones()
      const { shop: key } = members.keys
      const shopping = shop(shoppers, { address, key, acknowledged: reached.count })
      for (let kill = 1; kill <= KILLS; kill++) {
        // Each shopper does two things at least.
        const share = (kill - 0.8 + 0.6 * dice.next()) / KILLS
        await Promise.race([reached.at(Math.floor(share * 4 * PAIRS)), shopping])
        await victim.kill()
        expect(complaintsOf(victim.server())).toEqual([])
        address.set(await victim.revive())
      }
      await shopping
      await expectOwed(victim.server().url, members, shoppers)
      expect(complaintsOf(victim.server())).toEqual([])
    },
  )
})

async function expectOwed(url: string, { keys }: Members, shoppers: Shopper[]): Promise<void> {
  const [merchant, publisher] = [createCall(url, keys.shop), createCall(url, keys.A)]
  const verdicts = new Map<Shopper, Answer['body']>()
  for (const shopper of shoppers) {
    verdicts.set(shopper, await must(merchant('GET', `/v1/order/${shopper.order}/verdict`)))
  }
  const sure = shoppers.filter(({ isSure }) => isSure)
  expect(sure.length).toBeGreaterThan(PAIRS)
  for (const shopper of sure) expect(verdicts.get(shopper).commission, shopper.order).not.toBeNull()
  for (const [shopper, { segment, commission }] of verdicts) {
    if (commission === null) continue
    const total = shopper.isCancelled ? 0 : (shopper.changed ?? shopper.total)
    const amount = Math.floor(total / (segment === 'new' ? 10 : 50))
    const status = shopper.isCancelled ? 'declined' : 'pending'
    expect(commission, shopper.order).toMatchObject({ status, amount })
    expect(commission.ledger.at(-1).balance).toBe(amount)
    // What it came to, a change, that it is paid as new in the place of another, and its cancellation.
    expect(commission.ledger.length).toBeLessThanOrEqual(4)
  }
  for (const its of Map.groupBy(verdicts, ([{ person }]) => person).values()) {
    const outcomes = its.flatMap(([, { quote }]) => quote?.outcome ?? [])
    const used = outcomes.filter((outcome) => outcome !== 'used-before')
    expect(used.length, outcomes.join()).toBe(Math.min(outcomes.length, 1))
    const judgedNew = its.filter(([, verdict]) => verdict.judged === 'new')
    expect(judgedNew.length).toBeGreaterThan(0)
    // Whoever cancels the first before the second is new again, and who buys for more after the same click.
    const isWhole = its.every(([{ isCancelled }]) => !isCancelled)
    const [one, other] = judgedNew
    if (isWhole && one && other) expect(isForMore(one[0], other[0])).toBe(true)
  }
  const owed = [...verdicts.values()].filter(({ commission }) => commission !== null)
  const transactions = await readAll(publisher, '/v1/affiliation/transactions?page_size=100')
  expect(new Set(transactions.map(({ id }) => id)).size).toBe(transactions.length)
  const orders = (list: { button_order_id: string }[]) =>
    new Set(list.map(({ button_order_id: order }) => order))
  expect(transactions).toHaveLength(owed.length)
  expect(orders(transactions)).toEqual(orders(owed))
  const verified = await must(createCall(url, OPERATOR_KEY)('POST', '/operator/v1/verify', {}))
  expect(verified.checks.filter((check: { drift: number }) => check.drift > 0)).toEqual([])
}

/** Whether one of them can have come to more than the other came to then. */
function isForMore(one: Shopper, other: Shopper): boolean {
  const least = ({ total, changed }: Shopper): number => Math.min(total, changed ?? total)
  return one.total > least(other) || other.total > least(one)
}
