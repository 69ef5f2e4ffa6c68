import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { idPattern } from '../../kernel/id.ts'
import type { PersonRow } from './person.ts'

const PERSON_ID = idPattern('person')
const columns = sql`p.id, p.number, p.blob, p.password, p.is_operator, p.created_at`

export interface NewPerson {
  id: string
  email: string
  blob: Buffer
  password: Buffer
  isOperator: boolean
  now: Date
}

/** The new person's number; undefined where somebody has the address already. */
export async function insertPerson(tx: Tx, person: NewPerson): Promise<number | undefined> {
  const now = person.now.toISOString()
  const { rows } = await sql<{ number: number }>`
    insert into people (id, email, blob, password, is_operator, created_at, modified_at)
    values (${person.id}, ${person.email}, ${person.blob}, ${person.password}, ${person.isOperator},
      ${now}, ${now})
    on conflict (email) do nothing
    returning number`.execute(tx)
  return rows[0]?.number
}

export async function findPersonByEmail(db: Db, email: string): Promise<PersonRow | undefined> {
  const { rows } = await sql<PersonRow>`
    select ${columns} from people p where p.email = ${email}`.execute(db)
  return rows[0]
}

export async function findPersonById(db: Db, id: string): Promise<PersonRow | undefined> {
  if (!PERSON_ID.test(id)) return undefined
  const { rows } = await sql<PersonRow>`
    select ${columns} from people p where p.id = ${id}`.execute(db)
  return rows[0]
}

export async function getPersonByNumber(db: Db, number: number): Promise<PersonRow> {
  const { rows } = await sql<PersonRow>`
    select ${columns} from people p where p.number = ${number}`.execute(db)
  if (!rows[0]) throw new Error('a session of a person who is gone; they go together')
  return rows[0]
}

/** Everybody, or the members of one, oldest first. Each was invited by somebody, so that they are few. */
export async function listPeople(
  db: Db,
  { limit, organization }: { limit: number; organization: number | undefined },
): Promise<PersonRow[]> {
  const isMember =
    organization === undefined
      ? sql`true`
      : sql`p.number in (select person from members where organization = ${organization})`
  const { rows } = await sql<PersonRow>`
    select ${columns} from people p where ${isMember} order by p.number limit ${limit}`.execute(db)
  return rows
}

export async function updatePassword(
  tx: Tx,
  { number, password, now }: { number: number; password: Buffer; now: Date },
): Promise<void> {
  await sql`
    update people set password = ${password}, modified_at = ${now.toISOString()}
    where number = ${number}`.execute(tx)
}

export async function updateProfile(
  tx: Tx,
  { number, blob, now }: { number: number; blob: Buffer; now: Date },
): Promise<void> {
  await sql`
    update people set blob = ${blob}, modified_at = ${now.toISOString()}
    where number = ${number}`.execute(tx)
}

export async function updateOperator(
  tx: Tx,
  { number, isOperator, now }: { number: number; isOperator: boolean; now: Date },
): Promise<void> {
  await sql`
    update people set is_operator = ${isOperator}, modified_at = ${now.toISOString()}
    where number = ${number}`.execute(tx)
}

/**
 * Binds the person to the subject of the provider that they sign in by. False where it is bound to another, or the
 * subject is somebody else's.
 */
export async function bindSubject(
  tx: Tx,
  { number, subject }: { number: number; subject: string },
): Promise<boolean> {
  const { rows } = await sql`
    update people set subject = ${subject}
    where number = ${number} and coalesce(subject, ${subject}) = ${subject}
      and not exists (select 1 from people o where o.subject = ${subject} and o.number <> ${number})
    returning 1`.execute(tx)
  return rows.length > 0
}

/** The next sign-in by a provider binds the person anew. */
export async function releaseSubject(tx: Tx, number: number): Promise<void> {
  await sql`update people set subject = null where number = ${number}`.execute(tx)
}

/** Locks the person, and with it what belongs to the person. */
export async function lockPerson(tx: Tx, number: number): Promise<void> {
  await sql`select 1 from people where number = ${number} for update`.execute(tx)
}

/** The numbers of those who are operators, locked: none of them ceases to be one meanwhile. */
export async function lockOperators(tx: Tx): Promise<number[]> {
  const { rows } = await sql<{ number: number }>`
    select number from people where is_operator order by number for update`.execute(tx)
  return rows.map(({ number }) => number)
}

export async function hasOperator(db: Db): Promise<boolean> {
  const { rows } = await sql`select 1 from people where is_operator limit 1`.execute(db)
  return rows.length > 0
}

/** With it go memberships, sessions, factors and codes. */
export async function deletePerson(tx: Tx, number: number): Promise<void> {
  await sql`delete from people where number = ${number}`.execute(tx)
}

// Nobody else takes advisory locks under this number.
const SET_UP_LOCK = 7_203_920

/** Held until the tx ends: there is one first operator. */
export async function lockSetUp(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${SET_UP_LOCK})`.execute(tx)
}
