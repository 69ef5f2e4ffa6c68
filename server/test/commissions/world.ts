import { afterAll, beforeAll } from 'vitest'
import { sql } from 'kysely'
import { insertCard, insertVersion } from '../../src/commissions/rates/rate-card-store.ts'
import type { RateCardVersion } from '../../src/commissions/rates/rate-card.ts'
import type { Rate } from '../../src/commissions/rates/rate.ts'
import { validateDue } from '../../src/commissions/transactions/validate-transactions.ts'
import { customerKey } from '../../src/customers/customer.ts'
import { decryptPayload } from '../../src/events/event-payload.ts'
import { newId } from '../../src/kernel/id.ts'
import { ensurePartitions } from '../../src/kernel/database/partition.ts'
import { inTx } from '../../src/kernel/database/transaction.ts'
import { insertClicks } from '../../src/links/click-store.ts'
import { encryptClick } from '../../src/links/click.ts'
import { btnRefKey } from '../../src/orders/order.ts'
import type { Organization } from '../../src/organizations/organization.ts'
import { manualClock } from '../support/clock.ts'
import type { ManualClock } from '../support/clock.ts'
import type { TestDatabase } from '../support/databases.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Answer, Member, Network, NetworkOptions } from '../support/network.ts'
import { createStandIn } from '../support/stand-in.ts'

export const DAY_MS = 86_400_000

/** A network in which links are followed and orders paid for. */
export interface World {
  network: Network
  clock: ManualClock
  publisher: Member
  rival: Member
  merchant: Member
  /** Somebody follows a link of the publisher's; answers the token. */
  click(options?: { by?: Member; customer?: string; pubRef?: string }): Promise<string>
  /** The merchant begins a card, or the next version of one; answers its id. */
  card(rates: Rate[], options?: CardOptions): Promise<string>
  /** Lets time pass, as far as a server that runs on would see it. */
  advance(ms: number): Promise<void>
  /** Reports, a second later, an order that came from a new click, unless it has a token of its own. */
  order(id: string, more?: object): Promise<Answer>
  /** The publisher's newest transaction. */
  transaction(by?: Member): Promise<Answer['body']>
  /** Amounts of the ledger's entries, in order. */
  ledger(id: string, by?: Member): Promise<number[]>
  /** What a publisher was told, in order: the types and the payloads. */
  events(by?: Member): Promise<{ type: string; sequence: number; payload: Answer['body'] }[]>
  validate(): Promise<number>
  /** What is wrong with the database. */
  drift(): Promise<unknown[]>
  stop(): Promise<void>
}

export interface CardOptions {
  card?: string
  version?: number
  publisher?: Member
  start?: Date
  end?: Date
}

export const percent = (percent: number, more: Partial<Rate> = {}): Rate => ({
  segment: null,
  category: null,
  percent: percent * 10_000,
  ...more,
})

/** What the parts below are made on. */
interface Setting {
  network: Network
  clock: ManualClock
  merchant: Member
  organizationOf(member: Member): Organization
}

export async function createWorld(
  { create }: TestDatabase,
  options: Omit<NetworkOptions, 'database' | 'clock'> = {},
): Promise<World> {
  const clock = manualClock('2026-03-01T12:00:00.000Z')
  const network = await startFreshNetwork(create, { clock, publishers: 2, ...options })
  const [publisher, rival] = network.publishers as [Member, Member]
  const [merchant] = network.merchants as [Member]
  const { parts } = network.server
  const organizationOf = ({ organization }: Member): Organization => {
    const found = parts.directory.current().byId(organization.id)
    if (!found) throw new Error('the directory does not have it')
    return found
  }
  const setting: Setting = { network, clock, merchant, organizationOf }
  const click = createClick(setting, publisher)
  return {
    network,
    clock,
    publisher,
    rival,
    merchant,
    click,
    card: createCard(setting),
    events: (by = publisher) => readTransactionEvents(setting, by),
    async advance(ms) {
      clock.advance(ms)
      await ensurePartitions(network.db, clock.now())
    },
    async order(id, more = {}) {
      clock.advance(1_000)
      const token = 'btn_ref' in more ? {} : { btn_ref: await click({ customer: 'anna' }) }
      const body = { order_id: id, total: 10_000, currency: 'USD', ...token, ...more }
      return merchant.call('POST', '/v1/order', body)
    },
    async transaction(by = publisher) {
      const [newest] = await must(by.call('GET', '/v1/affiliation/transactions?page_size=1'))
      return newest
    },
    async ledger(id, by = publisher) {
      const entries = await must(by.call('GET', `/v1/affiliation/transactions/${id}/ledger`))
      return entries.map(({ amount }: { amount: number }) => amount)
    },
    validate: () => validateDue(parts),
    async drift() {
      const { checks } = await parts.verify()
      return checks.filter((check) => check.drift > 0)
    },
    stop: () => network.stop(),
  }
}

/** The same for all tests of a suite: begins before the first of them and stops after the last. */
export function useWorld(
  test: TestDatabase,
  options?: Omit<NetworkOptions, 'database' | 'clock'>,
): Readonly<World> {
  const { object, give, take } = createStandIn<World>('world')
  beforeAll(async () => give(await createWorld(test, options)))
  afterAll(() => take()?.stop())
  return object
}

function createClick(setting: Setting, publisher: Member): World['click'] {
  const { network, clock, merchant, organizationOf } = setting
  const { vault } = network.server.parts
  return async ({ by = publisher, customer, pubRef } = {}) => {
    const token = newId('srctok')
    const id = btnRefKey(vault, organizationOf(merchant), token)
    const from = organizationOf(by)
    const content = {
      btn_ref: token,
      publisher_customer_id: customer ?? null,
      pub_ref: pubRef ?? null,
      quote: null,
    }
    const row = {
      id,
      publisher: from.number,
      merchant: organizationOf(merchant).number,
      customer: customer === undefined ? null : customerKey(vault, from, customer),
      blob: encryptClick(vault, id, content),
      at: clock.now(),
    }
    await inTx(network.db, (tx) => insertClicks(tx, [row]))
    return token
  }
}

function createCard({ network, clock, merchant, organizationOf }: Setting): World['card'] {
  return async (rates, more = {}) => {
    const row: RateCardVersion = {
      card: more.card ?? newId('ratecard'),
      version: more.version ?? 1,
      merchant: organizationOf(merchant).number,
      publisher: more.publisher ? organizationOf(more.publisher).number : null,
      name: 'a card',
      start: more.start ?? new Date('2026-01-01'),
      end: more.end ?? null,
      rates,
      createdAt: clock.now(),
    }
    await inTx(network.db, async (tx) => {
      await insertCard(tx, row)
      await insertVersion(tx, row)
    })
    return row.card
  }
}

async function readTransactionEvents({ network, organizationOf }: Setting, by: Member) {
  const { rows } = await sql<{ id: string; type: string; sequence: number; blob: Uint8Array }>`
    select id, type, sequence, blob from events
    where type like 'tx-%' and organization = ${organizationOf(by).number}
    order by at, subject, sequence`.execute(network.db)
  const { vault } = network.server.parts
  return rows.map(({ type, sequence, ...event }) => {
    return { type, sequence, payload: decryptPayload(vault, event) }
  })
}
