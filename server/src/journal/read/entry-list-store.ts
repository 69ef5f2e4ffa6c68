import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Db } from '../../kernel/database/database.ts'
import type { KeysetPosition } from '../../kernel/database/page.ts'
import type { EntryOutcome } from '../entry.ts'

/** An entry as it is stored. */
export interface Entry {
  /** The number of the organization; 0: the operator's own journal. */
  organization: number
  number: number
  id: string
  at: Date
  actor: string | null
  action: string
  object: string | null
  outcome: EntryOutcome
  address: string | null
  request: string | null
  /** JSON, as it was hashed. */
  before: string | null
  after: string | null
  hash: Uint8Array
}

/** Which entries a list has; what is undefined chooses nothing. */
export interface EntryFilters {
  organization: number | undefined
  /** Inclusive. */
  start: Date | undefined
  /** Exclusive. */
  end: Date | undefined
  actor: string | undefined
  object: string | undefined
  /** An action, or a noun: all that was done to such. */
  action: string | undefined
  /** `req-…`, of the call that did it. */
  request: string | undefined
}

export interface EntryQuery extends EntryFilters {
  /** Begin behind this one; its id is as `entryPlace` gives it. */
  from: KeysetPosition | undefined
  /** The latest first. */
  isDescending: boolean
  limit: number
}

/** Where an entry is among those of its time. */
export const PLACE = /^\d{1,10}\.\d{1,10}$/

export const entryPlace = ({ organization, number }: Entry): string => `${organization}.${number}`

/** In the order of time; within a journal that is the order of numbers. */
export async function listJournalEntries(db: Db, query: EntryQuery): Promise<Entry[]> {
  const { organization, start, end, actor, object, action, request, isDescending, limit } = query
  const to = isDescending ? sql`desc` : sql`asc`
  const order =
    organization === undefined
      ? sql`at ${to}, organization ${to}, number ${to}`
      : // Times never go back along the numbers.
        sql`number ${to}`
  const { rows } = await sql<Entry>`
    select organization, number, id, at, actor, action, object, outcome, address, request,
      before::text as before, after::text as after, hash
    from journal_entries
    where true
      ${when(organization, (value) => sql`and organization = ${value}`)}
      ${when(start, (value) => sql`and at >= ${value.toISOString()}`)}
      ${when(end, (value) => sql`and at < ${value.toISOString()}`)}
      ${when(actor, (value) => sql`and actor = ${value}`)}
      ${when(object, (value) => sql`and object = ${value}`)}
      ${when(action, (value) => sql`and ${value} in (action, split_part(action, '.', 1))`)}
      ${when(request, (value) => sql`and request = ${value}`)}
      ${behind(query)}
    order by ${order} limit ${limit}`.execute(db)
  return rows
}

function when<T>(value: T | undefined, write: (value: T) => RawBuilder<unknown>) {
  return value === undefined ? sql`` : write(value)
}

function behind({ organization, from, isDescending }: EntryQuery): RawBuilder<unknown> {
  if (from === undefined) return sql``
  const [journal, number] = from.id.split('.').map(Number)
  const side = isDescending ? sql`<` : sql`>`
  if (organization !== undefined) return sql`and number ${side} ${number}`
  return sql`and (at, organization, number) ${side}
    (${from.at}::timestamptz, ${journal}::integer, ${number}::integer)`
}
