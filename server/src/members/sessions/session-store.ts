import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { idPattern } from '../../kernel/id.ts'
import type { Permission } from '../../organizations/permission.ts'

const SESSION_ID = idPattern('session')

export interface NewSession {
  id: string
  hash: Buffer
  person: number
  isEnrolling: boolean
  browser: string
  now: Date
  endsAt: Date
}

export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  const now = session.now.toISOString()
  await sql`
    insert into sessions (id, hash, person, is_enrolling, browser, created_at, used_at, proved_at, ends_at)
    values (${session.id}, ${session.hash}, ${session.person}, ${session.isEnrolling}, ${session.browser},
      ${now}, ${now}, ${now}, ${session.endsAt.toISOString()})`.execute(tx)
}

/** A session with whose it is, and what they may do in the organization that was asked about. */
export interface SessionRow {
  id: string
  person: number
  person_id: string
  is_operator: boolean
  is_enrolling: boolean
  used_at: Date
  proved_at: Date
  /** Null where the person is no member of the organization, or there is none. */
  permissions: Permission[] | null
  /** Whether the person looks at the organization as an operator, being no member. */
  is_look: boolean
}

/** Since when a session must have been used to be alive, for members and for operators. */
export interface IdleSince {
  member: Date
  operator: Date
}

/** The session with this token or id, alive; one read, so that nothing that was taken away is remembered. */
export async function findLiveSession(
  db: Db,
  key: { hash: Buffer } | { id: string },
  {
    organization,
    idleSince,
    now,
  }: { organization: string | null; idleSince: IdleSince; now: Date },
): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`
    select s.id, s.person, p.id as person_id, p.is_operator, s.is_enrolling, s.used_at, s.proved_at,
      (select m.permissions from members m join organizations o on o.number = m.organization
        where o.id = ${organization} and m.person = s.person) as permissions,
      p.is_operator and exists (select 1 from looks l join organizations o on o.number = l.organization
        where l.session = s.id and o.id = ${organization} and o.operator_may_look
          and l.ends_at > ${now.toISOString()}) as is_look
    from sessions s join people p on p.number = s.person
    where ${'hash' in key ? sql`s.hash = ${key.hash}` : sql`s.id = ${key.id}`} and s.ends_at > ${now.toISOString()}
      and s.used_at > case when p.is_operator then ${idleSince.operator.toISOString()}::timestamptz
        else ${idleSince.member.toISOString()}::timestamptz end`.execute(db)
  return rows[0]
}

export async function touchSession(tx: Tx, id: string, now: Date): Promise<void> {
  await sql`
    update sessions set used_at = greatest(used_at, ${now.toISOString()}) where id = ${id}`.execute(
    tx,
  )
}

/** Another token for the session; the one before is good for nothing. False where the session has ended. */
export async function updateSessionToken(
  tx: Tx,
  { id, hash, provedAt }: { id: string; hash: Buffer; provedAt: Date | null },
): Promise<boolean> {
  const { rows } = await sql`
    update sessions set hash = ${hash}, is_enrolling = false,
      proved_at = coalesce(${provedAt?.toISOString() ?? null}::timestamptz, proved_at)
    where id = ${id} returning 1`.execute(tx)
  return rows.length > 0
}

export interface ListedSession {
  id: string
  browser: string
  created_at: Date
  used_at: Date
}

/** The person's sessions, the last one first. */
export async function listSessions(
  db: Db,
  person: number,
  { idleSince, now }: { idleSince: Date; now: Date },
): Promise<ListedSession[]> {
  const { rows } = await sql<ListedSession>`
    select id, browser, created_at, used_at from sessions
    where person = ${person} and ends_at > ${now.toISOString()}
      and used_at > ${idleSince.toISOString()}
    order by created_at desc, id limit 100`.execute(db)
  return rows
}

/** False where the person has no such session. */
export async function deleteSession(tx: Tx, person: number, id: string): Promise<boolean> {
  if (!SESSION_ID.test(id)) return false
  const { rows } = await sql`
    delete from sessions where person = ${person} and id = ${id} returning 1`.execute(tx)
  return rows.length > 0
}

/** All of the person's sessions, but for one where it is named. */
export async function deleteSessions(tx: Tx, person: number, except?: string): Promise<void> {
  await sql`
    delete from sessions where person = ${person} and id is distinct from ${except ?? null}`.execute(
    tx,
  )
}

export async function deleteEndedSessions(tx: Tx, now: Date): Promise<void> {
  await sql`delete from sessions where ends_at <= ${now.toISOString()}`.execute(tx)
}
