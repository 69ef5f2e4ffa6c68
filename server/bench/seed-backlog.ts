import { sql } from 'kysely'
import { customerKey, encryptCustomer } from '../src/customers/customer.ts'
import { writeCustomers } from '../src/customers/customer-store.ts'
import type { Database } from '../src/kernel/database/database.ts'
import { inTx } from '../src/kernel/database/transaction.ts'
import type { Network } from './network.ts'
import { openStageVault } from './stage.ts'

const SET = 1_000

/** Who is told, and of which merchant. */
export interface Parties {
  publisher: { id: string; number: number }
  merchant: number
}

export async function readParties(
  { db }: Database,
  { publisher, merchants }: Network,
): Promise<Parties> {
  const numberOf = async (id: string | undefined): Promise<number> => {
    const { rows } = await sql<{ number: number }>`
      select number from organizations where id = ${id ?? ''}`.execute(db)
    if (!rows[0]) throw new Error('the organizations are not there yet')
    return rows[0].number
  }
  const number = await numberOf(publisher.id)
  return { publisher: { id: publisher.id, number }, merchant: await numberOf(merchants[0]?.id) }
}

/** Customers `seeded-0`, `seeded-1`… of the publisher, of whom nothing but that is known; answers their keys. */
export async function seedCustomers(
  { db }: Database,
  { publisher }: Parties,
  count: number,
): Promise<string[]> {
  const vault = openStageVault()
  const at = new Date()
  const keys: string[] = []
  while (keys.length < count) {
    const rows = Array.from({ length: Math.min(SET, count - keys.length) }, (_, index) => {
      const id = `seeded-${keys.length + index}`
      const key = customerKey(vault, publisher, id)
      return {
        id: key,
        identities: [],
        is_guest: false,
        blob: encryptCustomer(vault, key, { id, emails: [], advertising_ids: [] }),
        version: 1,
        imports: [],
        purchase_order: null,
        purchase_import: null,
        purchased_at: null,
        late_identities: null,
        created_at: at,
        modified_at: at,
        erased_at: null,
      }
    })
    keys.push(...rows.map((row) => row.id))
    await inTx(db, (tx) => writeCustomers(tx, rows))
  }
  return keys
}

export interface Backlog {
  parties: Parties
  webhook: string
  lanes: number
  /** Of a hundred lanes: how many have failed once and wait for their second attempt. */
  failingPercent: number
  /** Of the failing lanes and of the others so many, the first ones, are of real customers. */
  real: number
}

/**
 * A lane with one event each at a webhook that is paused, written at once: through the API it would take
 * an hour. Lanes behind the first ones are of customers whose rows are as large as others, and can't be
 * read; they are not come to.
 */
export async function seedBacklog(database: Database, backlog: Backlog): Promise<void> {
  const { db } = database
  const { parties, webhook, lanes, real, failingPercent } = backlog
  const healthy = Math.floor(lanes * (1 - failingPercent / 100))
  const realHealthy = Math.min(real, healthy)
  const realFailing = Math.min(real, lanes - healthy)
  const keys = await seedCustomers(database, parties, realHealthy + realFailing)
  const owner = parties.publisher.number.toString(16).padStart(8, '0')
  await inTx(db, async (tx) => {
    await sql`create temporary table seeded (place integer, subject uuid) on commit drop`.execute(
      tx,
    )
    await sql`
      insert into seeded
      select n, coalesce(
        (${keys}::uuid[])[case
          when n <= ${realHealthy}::integer then n
          when n > ${healthy}::integer then n - ${healthy - realHealthy}::integer
        end],
        (${owner} || substr(md5(n::text), 1, 24))::uuid)
      from generate_series(1, ${lanes}::integer) as n`.execute(tx)
    await sql`
      insert into customers (id, blob, version, created_at, modified_at)
      select subject, decode(repeat(md5(place::text), 3), 'hex'), 1, now(), now() from seeded
      on conflict do nothing`.execute(tx)
    // A millionth of a second apart, from now on: the webhook subscribed before.
    await sql`
      insert into events (subject, sequence, at, id, organization, type, merchant, previous, current,
        cause, period)
      select subject, 1, now() + place * interval '1 microsecond',
        'hook-' || substr(md5('event ' || place), 1, 16), ${parties.publisher.number}::integer,
        'segment-change', ${parties.merchant}::integer, 'new', 'active', 'order', 1 from seeded`.execute(
      tx,
    )
    await sql`
      insert into lanes
        (endpoint, subject, acked, tail, waiting_since, due_at, attempt, failing_since, failed_at)
      select p.number, s.subject, 0, 1, at,
        case when place <= ${healthy}::integer then at else at + interval '1 hour' end,
        case when place <= ${healthy}::integer then 0 else 1 end,
        case when place > ${healthy}::integer then at end,
        case when place > ${healthy}::integer then at end
      from (select *, now() + place * interval '1 microsecond' as at from seeded) s
        cross join endpoints p
      where p.id = ${webhook}`.execute(tx)
  })
  // As autovacuum would have done by and by; it should not begin to while something is measured.
  for (const table of ['customers', 'events', 'lanes']) {
    await sql`vacuum (analyze) ${sql.table(table)}`.execute(db)
  }
}
