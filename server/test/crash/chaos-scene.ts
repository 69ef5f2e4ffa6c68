import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect } from 'vitest'
import { verify } from '../../src/audit/verify.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { readEvents } from '../support/events.ts'
import { createCall } from '../support/network.ts'
import { checkAccount } from './chaos-account.ts'
import type { Account } from './chaos-account.ts'
import { startChaosReceiver } from './chaos-receiver.ts'
import type { ChaosReceiver } from './chaos-receiver.ts'
import { insist, makeTraffic } from './chaos-traffic.ts'
import type { Dice } from './dice.ts'
import { joinImporters, reportPeople } from './import-members.ts'
import type { MortalServer } from './import-server.ts'
import type { Address } from './load.ts'
import { readAll } from './members.ts'

interface Hook {
  name: string
  id: string
  causes: string[] | null
  receiver: ChaosReceiver
  /** Somebody paused it, and nobody else is to resume it. */
  isHeld: boolean
}

/** Two servers on one database, a publisher's webhooks of every kind, and their receivers. */
export interface Scene {
  /** There is traffic until this ends; what failed is tried again and again. */
  playDuring(accidents: Promise<void>): Promise<void>
  /** Receivers answer from now on, and what waits is made due; until nothing does. */
  settle(): Promise<void>
  check(rest: Pick<Account, 'canBeForgotten' | 'isComplete'>): Promise<void>
  close(): Promise<void>
}

const PEOPLE = 30
const ORDERS = 3
const POKE_MS = 200
const HOOKS = [
  { name: 'single', wish: {} },
  { name: 'batched', wish: { batch_size: 20 } },
  { name: 'filtered', wish: { causes: ['order'] } },
  { name: 'held', wish: { batch_size: 3 } },
]

export interface SceneParts {
  database: Database
  servers: MortalServer[]
  dice: Dice
  seed: number
}

/** Whichever of the servers is up. */
function anyOf(servers: MortalServer[], dice: Dice): Address['get'] {
  return () => {
    const first = dice.whole(servers.length)
    const all = [...servers.slice(first), ...servers.slice(0, first)]
    return Promise.race(all.map((server) => server.address.get()))
  }
}

interface Client {
  address: Address
  key: string
}

async function openHooks(publisher: Client, dice: Dice): Promise<Hook[]> {
  const hooks: Hook[] = []
  for (const { name, wish } of HOOKS) {
    const receiver = await startChaosReceiver(dice)
    const body = { url: receiver.url, event_types: ['segment-change'], ...wish }
    const { id, secret, causes } = await insist(publisher, 'POST', '/v1/webhooks', body)
    receiver.expectSecret(secret)
    hooks.push({ name, id, causes, receiver, isHeld: false })
  }
  return hooks
}

/** Pauses it for a while. */
async function hold(publisher: Client, hook: Hook, dice: Dice): Promise<void> {
  const path = `/v1/webhooks/${hook.id}`
  await pause(dice.whole(1_000))
  hook.isHeld = true
  await insist(publisher, 'POST', `${path}/pause`, {})
  await pause(1_000 + dice.whole(1_000))
  await insist(publisher, 'POST', `${path}/resume`, {})
  hook.isHeld = false
}

/** Resumes what paused itself, and makes due what waits for a retry. */
async function tryAgain(
  database: Database,
  { address, key }: Client,
  hooks: Hook[],
): Promise<void> {
  const call = createCall(await address.get(), key)
  for (const { id, status } of (await call('GET', '/v1/webhooks')).body.objects ?? []) {
    const isHeld = hooks.some((hook) => hook.id === id && hook.isHeld)
    if (status === 'paused' && !isHeld) await call('POST', `/v1/webhooks/${id}/resume`, {})
  }
  await makeDue(database)
}

export async function setScene({ database, servers, dice, seed }: SceneParts): Promise<Scene> {
  const address = { get: anyOf(servers, dice), set: () => undefined, lose: () => undefined }
  const { publisher, shops } = await joinImporters(await address.get(), 1)
  const people = Array.from({ length: PEOPLE + Math.floor(PEOPLE / 2) }, (_, person) => person)
  await reportPeople(await address.get(), publisher, people)
  const asPublisher = { address, key: publisher.key }
  const hooks = await openHooks(asPublisher, dice)
  const poke = () => tryAgain(database, asPublisher, hooks)

  return {
    async playDuring(accidents) {
      let goesOn = true
      const { key } = shops[0]!
      const load = { address, key, dice, seed, people: PEOPLE, orders: ORDERS }
      const held = hooks.find(({ name }) => name === 'held')!
      const over = Promise.all([
        makeTraffic({ ...load, goesOn: () => goesOn }),
        hold(asPublisher, held, dice),
        accidents.finally(() => (goesOn = false)),
      ]).then(() => true)
      do {
        // A server or the database may be gone just now.
        await poke().catch(() => undefined)
      } while (!(await Promise.race([over, pause(POKE_MS, false)])))
    },
    async settle() {
      await Promise.all(hooks.map(({ receiver }) => receiver.calm()))
      while ((await countLanes(database)) > 0) {
        await poke()
        await pause(POKE_MS)
      }
    },
    async check(rest) {
      const events = await readEvents(database.db, publisher.id)
      for (const { name, id, causes, receiver } of hooks) {
        const owed = events.filter(({ cause }) => causes?.includes(cause ?? '') ?? true)
        expect(owed.length, name).toBeGreaterThan(PEOPLE)
        const call = createCall(await address.get(), publisher.key)
        const deliveries = await readAll(call, `/v1/webhooks/${id}/deliveries?page_size=500`)
        checkAccount({ name, receiver, owed, deliveries, ...rest })
      }
      expect((await verify(database)).checks.filter(({ drift }) => drift > 0)).toEqual([])
    },
    async close() {
      await Promise.all(hooks.map(({ receiver }) => receiver.calm()))
      await Promise.all(hooks.map(({ receiver }) => receiver.close()))
    },
  }
}

/** Locked in the order in which all lock lanes. */
async function makeDue({ db }: Database): Promise<void> {
  await sql`
    update lanes set due_at = now()
    where (endpoint, subject) in (
      select endpoint, subject from lanes where token is null and due_at > now()
      order by endpoint, subject for no key update skip locked)
      and token is null`.execute(db)
}

async function countLanes({ db }: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from lanes`.execute(
    db,
  )
  return rows[0]!.count
}
