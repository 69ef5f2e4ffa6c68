import { afterEach, beforeEach } from 'vitest'
import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { pino } from 'pino'
import type { Database } from '../../src/kernel/database/database.ts'
import { SERVICE } from '../../src/journal/entry.ts'
import type { Logger } from '../../src/kernel/log.ts'
import { newId } from '../../src/kernel/id.ts'
import { keyOfId, ownedKey } from '../../src/kernel/key.ts'
import { ensurePartitions } from '../../src/kernel/database/partition.ts'
import { inTx } from '../../src/kernel/database/transaction.ts'
import { createVault } from '../../src/kernel/vault.ts'
import type { Vault } from '../../src/kernel/vault.ts'
import { appendEvents } from '../../src/events/append-events.ts'
import { createEndpoint, newEndpointFields } from '../../src/webhooks/endpoints/change-endpoint.ts'
import type { EndpointFields } from '../../src/webhooks/endpoints/change-endpoint.ts'
import type { Endpoint } from '../../src/webhooks/endpoints/endpoint.ts'
import { encryptPayload } from '../../src/events/event-payload.ts'
import type { NewEvent, SubscribableType, TransactionEventType } from '../../src/events/event.ts'
import type { LaneRow } from '../../src/events/lane-store.ts'
import type { TargetRule } from '../../src/webhooks/transport/target-rule.ts'
import { createOrganization } from '../../src/organizations/create-organization.ts'
import { createDirectory } from '../../src/organizations/directory.ts'
import type { Directory } from '../../src/organizations/directory.ts'
import type { Organization } from '../../src/organizations/organization.ts'
import type { AttemptRow } from '../../src/webhooks/attempts/attempt-store.ts'
import { createDispatcher } from '../../src/webhooks/dispatch/dispatcher.ts'
import type { Dispatcher, DispatcherParts } from '../../src/webhooks/dispatch/dispatcher.ts'
import type { Subjects } from '../../src/webhooks/attempts/subject.ts'
import { developmentRule } from '../support/target-rules.ts'
import { manualClock } from '../support/clock.ts'
import type { ManualClock } from '../support/clock.ts'
import type { FreshDatabase, TestDatabase } from '../support/databases.ts'
import { createStandIn } from '../support/stand-in.ts'

/** A publisher, a merchant, and what happens between them: made up, without customers. */
export interface World {
  fresh: FreshDatabase
  database: Database
  clock: ManualClock
  vault: Vault
  directory: Directory
  publisher: Organization
  merchant: Organization
  /** The publisher's own ids, by the key of the customer; remove one and it is erased. */
  customers: Map<string, string>
  /** The publisher's own ids of their customers, by the key of the transaction. */
  transactions: Map<string, string | null>
  log: Logger
  /** Development's. */
  targetRule: TargetRule
  subjects: Subjects
  /** One JSON object a line. */
  logged: string[]
  endpoint(url: string, types?: SubscribableType[], fields?: EndpointFields): Promise<Endpoint>
  /** A customer of the publisher. */
  customer(): string
  /** The next events of these subjects, appended in one tx. */
  happen(...subjects: string[]): Promise<NewEvent[]>
  /** The same, with what is otherwise so: because of an order, at the merchant. */
  happenSo(so: { cause?: string; merchant?: number }, ...subjects: string[]): Promise<NewEvent[]>
  /** A transaction of the publisher's, which `customerId` has made; its rows are not there. */
  transaction(customerId: string | null): string
  /** The next event of the transaction, appended in a tx of its own. */
  tell(transaction: string, type: TransactionEventType, payload: object): Promise<NewEvent>
  dispatcher(parts?: Partial<DispatcherParts>): Dispatcher
  lanes(): Promise<LaneRow[]>
  attempts(): Promise<AttemptRow[]>
  close(): Promise<void>
}

const key = randomBytes(32)
export const customerPrefix = 'customer-canary-'

async function createParts(test: TestDatabase) {
  const fresh = await test.create()
  const { database } = fresh
  const clock = manualClock()
  const [act, now] = [SERVICE, clock.now()]
  await ensurePartitions(database.db, now)
  const publisher = await createOrganization(database.db, {
    name: 'P',
    role: 'publisher',
    act,
    now,
  })
  const merchant = await createOrganization(database.db, { name: 'M', role: 'merchant', act, now })
  const logged: string[] = []
  const log: Logger = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) })
  const directory = createDirectory({ database, log })
  await directory.refresh()
  const vault = createVault(key)
  const targetRule = developmentRule
  return { fresh, database, clock, vault, directory, publisher, merchant, logged, log, targetRule }
}

type WorldParts = Awaited<ReturnType<typeof createParts>>
type Count = (subject: string) => number

/** Numbers each subject's events from 1. */
function createCount(): Count {
  const sequences = new Map<string, number>()
  return (subject) => {
    const sequence = (sequences.get(subject) ?? 0) + 1
    sequences.set(subject, sequence)
    return sequence
  }
}

function createTransactions(
  { database, clock, vault, publisher, merchant }: WorldParts,
  count: Count,
): Pick<World, 'transactions' | 'transaction' | 'tell'> {
  const transactions = new Map<string, string | null>()
  return {
    transactions,
    transaction(customerId) {
      const subject = keyOfId(publisher.number, newId('tx'))
      transactions.set(subject, customerId)
      return subject
    },
    async tell(subject, type, payload) {
      const id = newId('hook')
      const who = { subject, sequence: count(subject), at: clock.now() }
      const to = { organization: publisher.number, merchant: merchant.number }
      const none = { previous: null, current: null, cause: null, period: null }
      const blob = encryptPayload(vault, id, payload)
      const event: NewEvent = { id, ...who, ...to, ...none, type, blob }
      await inTx(database.db, (tx) => appendEvents(tx, [event]))
      return event
    },
  }
}

export async function createWorld(test: TestDatabase): Promise<World> {
  const parts = await createParts(test)
  const { fresh, database, clock, vault, publisher, merchant, targetRule } = parts
  const customers = new Map<string, string>()
  const dispatchers: Dispatcher[] = []
  const count = createCount()
  const made = createTransactions(parts, count)
  const subjects: Subjects = {
    listCustomerIds: (_db, keys) => Promise.resolve(pick(customers, keys)),
    listTransactionCustomerIds: (_db, keys) => Promise.resolve(pick(made.transactions, keys)),
  }

  function toEvent(subject: string): NewEvent {
    const sequence = count(subject)
    const [previous, current] = sequence % 2 === 1 ? ['new', 'active'] : ['active', 'new']
    const what = { type: 'segment-change' as const, merchant: merchant.number, previous, current }
    const to = { organization: publisher.number, cause: 'order', period: 1, blob: null }
    return { id: newId('hook'), subject, sequence, at: clock.now(), ...to, ...what }
  }

  const happenSo: World['happenSo'] = async (so, ...keys) => {
    const events = keys.map((key) => ({ ...toEvent(key), ...so }))
    await inTx(database.db, (tx) => appendEvents(tx, events))
    return events
  }

  return {
    ...parts,
    ...made,
    customers,
    subjects,
    endpoint: (url, types = ['segment-change'], fields = {}) =>
      inTx(database.db, (tx) => {
        const by = { vault, organization: publisher, targetRule, act: SERVICE, now: clock.now() }
        const all = { ...newEndpointFields, url, event_types: types, description: 'a canary' }
        return createEndpoint(tx, by, { ...all, ...fields })
      }),
    customer() {
      const id = `${customerPrefix}${randomUUID()}`
      const subject = ownedKey(publisher.number, vault.seal('customer', publisher.id, id))
      customers.set(subject, id)
      return subject
    },
    happen: (...keys) => happenSo({}, ...keys),
    happenSo,
    dispatcher(more = {}) {
      const random = () => 0.5
      const dispatcher = createDispatcher({ ...parts, subjects, random, ...more })
      dispatchers.push(dispatcher)
      return dispatcher
    },
    async lanes() {
      const { rows } = await sql<LaneRow>`
        select * from lanes order by endpoint, subject`.execute(database.db)
      return rows
    },
    async attempts() {
      const { rows } = await sql<AttemptRow>`
        select * from attempts order by at, subject, sequence, number`.execute(database.db)
      return rows
    },
    async close() {
      for (const dispatcher of dispatchers) await dispatcher.stop()
      await fresh.drop()
    },
  }
}

/** A new world for each test of the suite. */
export function useWorld(test: TestDatabase): Readonly<World> {
  const { object, give, take } = createStandIn<World>('world')
  beforeEach(async () => give(await createWorld(test)))
  afterEach(() => take()?.close())
  return object
}

function pick<T>(ids: Map<string, T>, keys: string[]): Map<string, T> {
  return new Map([...ids].filter(([key]) => keys.includes(key)))
}
