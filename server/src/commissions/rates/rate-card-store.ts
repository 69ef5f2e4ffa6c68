import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import type { RateCardVersion } from './rate-card.ts'
import type { Rate } from './rate.ts'

export const CATALOG_CHANNEL = 'newcomer_catalog'

/** Says that what is known of rate cards is old now. Also the lock that puts their writers in a row. */
export async function bumpCatalog(tx: Tx): Promise<void> {
  await sql`update catalog_versions set version = version + 1`.execute(tx)
  await sql`select pg_notify(${CATALOG_CHANNEL}, '')`.execute(tx)
}

/** One cheap read: it is another after every change of a rate card. */
export async function findCatalogVersion(db: Db): Promise<number> {
  const { rows } = await sql<{ version: number }>`select version from catalog_versions`.execute(db)
  return rows[0]?.version ?? 0
}

type VersionRow = Omit<RateCardVersion, 'rates'>

const versions = sql`
  select c.id as card, v.version, c.merchant, c.publisher, c.name,
    v.start_at as start, v.end_at as "end", v.created_at as "createdAt"
  from rate_cards c join rate_card_versions v on v.card = c.id`

/**
 * All versions of these merchants' cards, by merchant, the oldest card first, and by version. Not for
 * a tx that has written some: what is read here is remembered, and must have been committed.
 */
export async function listVersions(db: Db, merchants: number[]): Promise<RateCardVersion[]> {
  const { rows } = await sql<VersionRow>`
    ${versions} where c.merchant = any(${merchants}::integer[])
    order by c.merchant, c.created_at, c.id, v.version`.execute(db)
  return withRates(db, rows)
}

/** The same of all merchants. */
export async function listAllVersions(db: Db): Promise<RateCardVersion[]> {
  const { rows } = await sql<VersionRow>`
    ${versions} order by c.merchant, c.created_at, c.id, v.version`.execute(db)
  return withRates(db, rows)
}

// Versions never change, so that rates once read are good for ever: orders need not read them again.
// So many are some tens of megabytes at most.
const MAX_REMEMBERED = 20_000
const remembered = new Map<string, readonly Rate[]>()

async function withRates(db: Db, rows: VersionRow[]): Promise<RateCardVersion[]> {
  const known = new Map(rows.map((row) => [keyOf(row), remembered.get(keyOf(row))]))
  const missing = rows.filter((row) => known.get(keyOf(row)) === undefined)
  for (const row of missing.length === 0 ? [] : await listRates(db, missing)) {
    known.set(keyOf(row), row.rates)
    remembered.set(keyOf(row), row.rates)
  }
  for (const key of remembered.keys()) {
    if (remembered.size <= MAX_REMEMBERED) break
    remembered.delete(key)
  }
  return rows.map((row) => {
    const rates = known.get(keyOf(row))
    if (!rates) throw new Error('a version of a rate card is gone')
    return { ...row, rates }
  })
}

interface VersionKey {
  card: string
  version: number
}

function keyOf({ card, version }: VersionKey): string {
  return `${card} ${version}`
}

async function listRates(db: Db, keys: VersionKey[]): Promise<(VersionKey & { rates: Rate[] })[]> {
  const cards = keys.map(({ card }) => card)
  const numbers = keys.map(({ version }) => version)
  const { rows } = await sql<VersionKey & { rates: Rate[] }>`
    select v.card, v.version, v.rates
    from unnest(${cards}::text[], ${numbers}::integer[]) as k (card, version)
      join rate_card_versions v on v.card = k.card and v.version = k.version`.execute(db)
  return rows
}

/** Does nothing when the card is there already, so that a lost answer to COMMIT does no harm. */
export async function insertCard(tx: Tx, first: RateCardVersion): Promise<void> {
  const { card, merchant, publisher, name, createdAt } = first
  await sql`
    insert into rate_cards (id, merchant, publisher, name, created_at)
    values (${card}, ${merchant}, ${publisher}, ${name}, ${createdAt.toISOString()})
    on conflict (id) do nothing`.execute(tx)
}

/** The same of a version. */
export async function insertVersion(tx: Tx, added: RateCardVersion): Promise<void> {
  const { card, version, start, end, rates, createdAt } = added
  await sql`
    insert into rate_card_versions (card, version, start_at, end_at, rates, created_at)
    values (${card}, ${version}, ${start.toISOString()}, ${end?.toISOString() ?? null},
      ${JSON.stringify(rates)}::jsonb, ${createdAt.toISOString()})
    on conflict (card, version) do nothing`.execute(tx)
}

export async function renameCard(
  tx: Tx,
  merchant: number,
  card: string,
  name: string,
): Promise<void> {
  await sql`
    update rate_cards set name = ${name}
    where merchant = ${merchant} and id = ${card}`.execute(tx)
}
