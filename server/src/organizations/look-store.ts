import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'

/** An operator's look at an organization's pages: to read, for a reason, until it ends. */
export interface Look {
  id: string
  /** The number of the organization. */
  organization: number
  reason: string
  begun_at: Date
  ends_at: Date
}

/** Takes the place of the one that the session has there already. */
export async function insertLook(tx: Tx, look: Look & { session: string }): Promise<void> {
  await sql`
    insert into looks (id, organization, session, reason, begun_at, ends_at)
    values (${look.id}, ${look.organization}, ${look.session}, ${look.reason}, ${look.begun_at}, ${look.ends_at})
    on conflict (session, organization) do update set id = excluded.id, reason = excluded.reason,
      begun_at = excluded.begun_at, ends_at = excluded.ends_at`.execute(tx)
}

/** Those that go on, of an organization or of a session. */
export async function listLooks(
  db: Db,
  of: { organization: number } | { session: string },
  now: Date,
): Promise<Look[]> {
  const { rows } = await sql<Look>`
    select l.id, l.organization, l.reason, l.begun_at, l.ends_at
    from looks l join organizations o on o.number = l.organization
    where ${'session' in of ? sql`l.session = ${of.session}` : sql`l.organization = ${of.organization}`}
      and l.ends_at > ${now} and o.operator_may_look
    order by l.begun_at, l.id`.execute(db)
  return rows
}

/** The id of the one that was ended; undefined where none went on. */
export async function deleteLook(
  tx: Tx,
  { organization, session, now }: { organization: number; session: string; now: Date },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string; ends_at: Date }>`
    delete from looks where organization = ${organization} and session = ${session}
    returning id, ends_at`.execute(tx)
  return rows.find(({ ends_at: endsAt }) => endsAt > now)?.id
}

export async function deleteLooksAt(tx: Tx, organization: number): Promise<void> {
  await sql`delete from looks where organization = ${organization}`.execute(tx)
}

export async function deleteEndedLooks(tx: Tx, now: Date): Promise<void> {
  await sql`delete from looks where ends_at <= ${now}`.execute(tx)
}
