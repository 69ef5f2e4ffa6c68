import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { actorText, entryId } from './entry.ts'
import type { EntryFields, NewEntry } from './entry.ts'

/** What the next entry is appended to. */
export interface JournalHead {
  organization: number
  number: number
  at: Date
  hash: Buffer
}

/**
 * The hash of entry `e`: SHA-256 over lines of UTF-8, parted by line feeds; what is absent is an empty
 * line. docs/audit-log.md describes it, so that an organization can check its own export.
 */
export function hashOf(previous: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`sha256(convert_to(concat_ws(chr(10),
    encode(${previous}, 'hex'),
    coalesce((select o.id from organizations o where o.number = e.organization), 'operator'),
    e.number, e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    coalesce(e.actor, ''), e.action, coalesce(e.object, ''), e.outcome,
    coalesce(e.address, ''), coalesce(e.request, ''),
    coalesce(e.before::text, ''), coalesce(e.after::text, '')), 'UTF8'))`
}

/** Puts those who append to the journal in a row, until the tx ends. */
export async function lockJournal(tx: Tx, organization: number): Promise<void> {
  await sql`
    insert into journals (organization) values (${organization})
    on conflict (organization) do update set organization = excluded.organization`.execute(tx)
}

const toJson = (fields: EntryFields | undefined): string | null =>
  fields === undefined ? null : JSON.stringify(fields)

/** Undefined where an entry of this id is there: then the tx was run before. The journal has to be locked. */
export async function insertEntry(
  tx: Tx,
  organization: number,
  entry: NewEntry,
): Promise<JournalHead | undefined> {
  const { at, act, action, object, outcome = 'done', before, after } = entry
  const id = entryId(entry)
  const { rows } = await sql<JournalHead>`
    insert into journal_entries (organization, number, id, at, actor, action, object, outcome, address,
      request, before, after, hash)
    select e.organization, e.number, e.id, e.at, e.actor, e.action, e.object, e.outcome, e.address,
      e.request, e.before, e.after, ${hashOf(sql`e.previous`)}
    from (
      select j.organization, j.entries + 1 as number, ${id}::text as id,
        greatest(${at.toISOString()}::timestamptz, j.last_at) as at, ${actorText(act.actor)}::text as actor,
        ${action}::text as action, ${object}::text as object, ${outcome}::text as outcome,
        ${act.address}::text as address, ${act.request}::text as request,
        ${toJson(before)}::json as before, ${toJson(after)}::json as after, j.hash as previous
      from journals j where j.organization = ${organization}
    ) e
    where not exists (
      select 1 from journal_entries x where x.organization = e.organization and x.id = e.id)
    returning organization, number, at, hash`.execute(tx)
  return rows[0]
}

export async function advanceJournal(tx: Tx, head: JournalHead): Promise<void> {
  await sql`
    update journals set entries = ${head.number}, hash = ${head.hash},
      last_at = ${head.at.toISOString()}
    where organization = ${head.organization}`.execute(tx)
}

/** The journals whose oldest entry is older. */
export async function listOldJournals(db: Db, before: Date): Promise<number[]> {
  const { rows } = await sql<{ organization: number }>`
    select j.organization from journals j
      join journal_entries e on e.organization = j.organization and e.number = j.dropped + 1
    where e.at < ${before.toISOString()}
    order by j.organization`.execute(db)
  return rows.map(({ organization }) => organization)
}

/** Moves the anchor of the chain over entries that are older, `limit` of them at the most. */
export async function moveAnchor(
  tx: Tx,
  organization: number,
  { before, limit }: { before: Date; limit: number },
): Promise<void> {
  await sql`
    update journals j set dropped = e.number, dropped_hash = e.hash
    from journal_entries e
    where j.organization = ${organization} and e.organization = ${organization}
      and e.number = (
        select max(o.number) from journal_entries o
        where o.organization = ${organization} and o.at < ${before.toISOString()}
          and o.number <= (select k.dropped + ${limit} from journals k
            where k.organization = ${organization}))`.execute(tx)
}

/** Deletes what is before the anchor. */
export async function deleteDroppedEntries(tx: Tx, organization: number): Promise<void> {
  await sql`
    delete from journal_entries
    where organization = ${organization}
      and number <= (select dropped from journals where organization = ${organization})`.execute(tx)
}
