import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { expect } from 'vitest'
import type { TestDatabase } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { inParallel } from '../../support/in-parallel.ts'
import { must, startFreshNetwork } from '../../support/network.ts'
import type { Member, Network } from '../../support/network.ts'
import { isHash } from './history-customer.ts'
import { Model } from './history-model.ts'
import type { ImportOptions, Place, Row } from './history-model.ts'
import { toBody, toFile, toSending } from './history.ts'
import { createImportCalls } from '../import-calls.ts'
import type { ImportBody, ImportCalls } from '../import-calls.ts'

/** By number, as the model has them. */
export const [P0, P1, M2, M3] = [0, 1, 2, 3] as const
const ENDED: ReadonlySet<unknown> = new Set(['ready', 'finished', 'refused', 'cancelled'])

export const idOf = (person: number): string => `c-${person}`
export const mailOf = (person: number, what = 'first'): string => emailHash(`${what}-${person}`)
export const numbers = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => from + index)

/** A network under traffic: what is done to it at once is told to the model afterwards. */
export interface LiveWorld {
  network: Network
  members: Member[]
  imports: ImportCalls[]
  model: Model
  /** Reports customers of these people, each with the person's address, before anything else happens. */
  begin(organization: number, people: number[]): Promise<void>
  send(organization: number, rows: Row[], options: ImportOptions): Promise<string>
  /** Waits until the import is done, and sees that no row is lost. */
  finished(organization: number, id: string): Promise<ImportBody>
  join(place: Place, identifiers: string[]): Promise<void>
  replace(place: Place, identifiers: string[]): Promise<void>
  erase(place: Place): Promise<void>
  order(merchant: number, name: string, id: string | null, identifiers: string[]): Promise<void>
  cancel(merchant: number, name: string): Promise<void>
  /** What is answered of customers, in the model's words. */
  readAll(places: Place[]): Promise<ReturnType<Model['readAll']>>
  /** That it is as the model says: these customers one by one, everything by number; and the audit. */
  expectEnd(places: Place[]): Promise<void>
  stop(): Promise<void>
}

export async function createLiveWorld({ create }: TestDatabase): Promise<LiveWorld> {
  const network = await startFreshNetwork(create, { publishers: 2, merchants: 2 })
  const members = [...network.publishers, ...network.merchants]
  const imports = members.map((member) => createImportCalls(network.url, member))
  const model = new Model(
    members.map(({ organization }) => organization.role),
    { tells: false },
  )
  const callOf = (organization: number) => members[organization]!.call

  const world: LiveWorld = {
    network,
    members,
    imports,
    model,
    async begin(organization, people) {
      for (let from = 0; from < people.length; from += 1_000) {
        const customers = people.slice(from, from + 1_000).map((person) => {
          model.report({ organization, id: idOf(person) }, [mailOf(person)], false, 0)
          return { id: idOf(person), email_sha256: mailOf(person) }
        })
        await must(callOf(organization)('POST', '/v1/customers/batch', { customers }))
      }
    },
    send: (organization, ...sent) => sendConfirmed(imports[organization]!, ...sent),
    async finished(organization, id) {
      const its = await imports[organization]!.rested(id)
      expect(its).toMatchObject({ state: 'finished', rows: its.total_rows })
      expect(its.created + its.updated + its.unchanged + its.rejected).toBe(its.rows)
      return its
    },
    async join({ organization, id }, identifiers) {
      await must(callOf(organization)('POST', '/v1/customers', { id, ...toBody(identifiers) }))
    },
    async replace({ organization, id }, identifiers) {
      await must(callOf(organization)('PUT', `/v1/customers/${id}`, toBody(identifiers)))
    },
    async erase({ organization, id }) {
      const { status } = await callOf(organization)('DELETE', `/v1/customers/${id}`)
      expect([200, 404]).toContain(status)
    },
    async order(merchant, name, id, identifiers) {
      const customer = { id, ...toBody(identifiers) }
      const body = { order_id: name, total: 1, currency: 'EUR', customer }
      await must(callOf(merchant)('POST', '/v1/order', body))
    },
    async cancel(merchant, name) {
      await must(callOf(merchant)('DELETE', `/v1/order/${name}`))
    },
    async readAll(places) {
      const answers: ReturnType<Model['readAll']> = []
      await inParallel([...places.entries()], async ([index, { organization, id }]) => {
        const { status, body } = await callOf(organization)('GET', `/v1/customers/${id}`)
        answers[index] = status === 404 ? undefined : toKnown(body.object, members)
      })
      return answers
    },
    expectEnd: (places) => expectEnd(world, places),
    stop: () => network.stop(),
  }
  return world
}

type SendParameters = Parameters<LiveWorld['send']>

async function sendConfirmed(
  calls: ReturnType<typeof createImportCalls>,
  rows: SendParameters[1],
  options: SendParameters[2],
): Promise<string> {
  const sending = { ...toSending(options), startsAtOnce: true }
  const { id } = await must(calls.send(toFile(rows), sending))
  if (options.mode !== 'replace') return id
  // Where it would take much away it waits, once that is counted, for its sender to say so.
  const isBegun = ({ state, rows: written }: ImportBody) => ENDED.has(state) || written > 0
  const its = await calls.once(id, isBegun)
  const confirm: unknown = its.state === 'ready' ? its.preview?.confirm : null
  if (typeof confirm === 'number') await must(calls.start(id, confirm))
  return id
}

async function expectEnd(world: LiveWorld, places: Place[]): Promise<void> {
  const { network, members, model } = world
  const [are, must] = [await world.readAll(places), model.readAll(places)]
  const wrong = places.flatMap((place, index) => {
    const [is, should] = [are[index], must[index]]
    return isDeepStrictEqual(is, should) ? [] : [{ place, is, should }]
  })
  expect(wrong).toEqual([])
  expect(await countAll(network, members)).toEqual(model.count())
  await expectChains(network)
  const { checks } = await network.server.parts.verify()
  expect(checks.filter(({ drift }) => drift > 0)).toEqual([])
}

interface CustomerBody {
  emails_sha256: string[]
  advertising_id: string | null
  segments: { name: string; organization_id: string }[]
}

function toKnown(body: CustomerBody, members: Member[]) {
  const { emails_sha256: emails, advertising_id: device, segments } = body
  const active = segments
    .filter(({ name }) => name === 'active')
    .map((segment) => members.findIndex((each) => each.organization.id === segment.organization_id))
  const identifiers = [...emails.filter(isHash), ...(device === null ? [] : [device])].sort()
  return { identifiers, active: active.sort((a, b) => a - b) }
}

/** What the database has of each organization, as the model counts it. */
async function countAll({ db }: Network, members: Member[]): Promise<ReturnType<Model['count']>> {
  const { rows } = await sql<{ id: string; customers: number; identifiers: number }>`
    select o.id, count(c.id)::int as customers,
      coalesce(sum(cardinality(c.identities)), 0)::int as identifiers
    from organizations o left join customers c on c.erased_at is null
      and ('x' || left(c.id::text, 8))::bit(32)::int = o.number
    group by o.id`.execute(db)
  const { rows: active } = await sql<{ id: string; merchant: string; customers: number }>`
    select o.id, p.id as merchant, count(*)::int as customers
    from memberships m join organizations p on p.number = m.merchant
      join organizations o on o.number = ('x' || left(m.customer::text, 8))::bit(32)::int
    where m.left_at is null group by 1, 2`.execute(db)
  return members.map(({ organization: { id } }) => {
    const { customers, identifiers } = rows.find((row) => row.id === id)!
    const its = active
      .filter((row) => row.id === id)
      .map((row) => [members.findIndex((each) => each.organization.id === row.merchant), row])
      .map(([merchant, row]) => [merchant, (row as { customers: number }).customers])
    return { customers, identifiers, active: Object.fromEntries(its) }
  })
}

/** What was told of a customer ends where it stands, and whoever began elsewhere was told of it. */
async function expectChains({ db }: Network): Promise<void> {
  const { rows } = await sql<{ wrong: string }>`
    with lasts as (
      select distinct on (subject, merchant) subject, merchant, current from events
      where type like 'segment-change%' order by subject, merchant, sequence desc
    )
    select l.subject::text as wrong from lasts l
      join customers c on c.id = l.subject and c.erased_at is null
      left join memberships m
        on m.customer = l.subject and m.merchant = l.merchant and m.left_at is null
    where (l.current = 'active') <> (m.customer is not null)`.execute(db)
  expect(rows, 'who was told otherwise').toEqual([])
}
