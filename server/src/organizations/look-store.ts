import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { numberArray } from '../kernel/database/sql-array.ts'

/** An operator's look at an organization's pages: to read, for a reason, until it ends. */
export interface Look {
  id: string
  /** The number of the organization. */
  organization: number
  reason: string
  begun_at: Date
  ends_at: Date
}

export async function insertLook(tx: Tx, look: Look & { session: string }): Promise<void> {
  await sql`
    insert into looks (id, organization, session, reason, begun_at, ends_at)
    values (${look.id}, ${look.organization}, ${look.session}, ${look.reason}, ${look.begun_at},
      ${look.ends_at})`.execute(tx)
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

/** Which of the organizations an operator looks at. */
export async function listLookedAt(db: Db, organizations: number[], now: Date): Promise<number[]> {
  const { rows } = await sql<{ number: number }>`
    select o.number from organizations o
    where o.number = any(${numberArray(organizations)}::integer[]) and o.operator_may_look
      and exists (select 1 from looks l where l.organization = o.number and l.ends_at > ${now})`.execute(
    db,
  )
  return rows.map(({ number }) => number)
}

/** Those that are over by then; or those of an organization or of a person's sessions, all or one or all but one. */
export type WhichLooks =
  { overAt: Date } | (LookBounds & { organization: number }) | (LookBounds & { person: number })

interface LookBounds {
  organization?: number
  person?: number
  session?: string
  exceptSession?: string | undefined
}

/** Those that were deleted, over or not. */
export async function deleteLooks(
  tx: Tx,
  which: WhichLooks,
): Promise<Pick<Look, 'id' | 'organization' | 'ends_at'>[]> {
  const { rows } = await sql<Pick<Look, 'id' | 'organization' | 'ends_at'>>`
    delete from looks where ${whereOf(which)} returning id, organization, ends_at`.execute(tx)
  return rows
}

function whereOf(which: WhichLooks) {
  if ('overAt' in which) {
    const over = sql`select id from sessions where ends_at <= ${which.overAt}`
    return sql`ends_at <= ${which.overAt} or session in (${over})`
  }
  const { organization, session, person, exceptSession }: LookBounds = which
  const sessions = sql`select id from sessions where person = ${person}`
  return sql.join(
    [
      ...(organization === undefined ? [] : [sql`organization = ${organization}`]),
      ...(session === undefined ? [] : [sql`session = ${session}`]),
      ...(person === undefined ? [] : [sql`session in (${sessions})`]),
      ...(exceptSession === undefined ? [] : [sql`session <> ${exceptSession}`]),
    ],
    sql` and `,
  )
}
