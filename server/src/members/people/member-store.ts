import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { numberArray, wordArray } from '../../kernel/database/sql-array.ts'
import type { Permission } from '../../organizations/permission.ts'

/** A person in an organization. */
export interface MemberRow {
  id: string
  number: number
  blob: Uint8Array
  permissions: Permission[]
  has_totp: boolean
  passkeys: number
  created_at: Date
}

const hasTotp = sql`exists (
  select 1 from factors f where f.person = p.number and f.kind = 'totp' and f.confirmed_at is not null)`
const passkeys = sql`(
  select count(*)::integer from factors f where f.person = p.number and f.kind = 'passkey')`
const members = sql`select p.id, p.number, p.blob, m.permissions, ${hasTotp} as has_totp,
  ${passkeys} as passkeys, m.created_at
  from members m join people p on p.number = m.person`

/** All members of an organization, the first one first. Its limit bounds them. */
export async function listMembers(db: Db, organization: number): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    ${members} where m.organization = ${organization}
    order by m.created_at, p.number`.execute(db)
  return rows
}

export async function findMember(
  db: Db,
  organization: number,
  id: string,
): Promise<MemberRow | undefined> {
  const { rows } = await sql<MemberRow>`
    ${members} where m.organization = ${organization} and p.id = ${id}`.execute(db)
  return rows[0]
}

export interface MemberRights {
  person: number
  organization: number
  permissions: Permission[]
}

/** What these people are members of. */
export async function listMemberships(db: Db, people: readonly number[]): Promise<MemberRights[]> {
  const { rows } = await sql<MemberRights>`
    select person, organization, permissions from members
    where person = any(${numberArray(people)}::integer[]) order by person, organization`.execute(db)
  return rows
}

/** Does nothing where the person is a member already. */
export async function insertMember(tx: Tx, member: MemberRights & { now: Date }): Promise<void> {
  const now = member.now.toISOString()
  await sql`
    insert into members (organization, person, permissions, created_at, modified_at)
    values (${member.organization}, ${member.person}, ${wordArray(member.permissions)}::text[],
      ${now}, ${now})
    on conflict (organization, person) do nothing`.execute(tx)
}

export async function updatePermissions(
  tx: Tx,
  member: MemberRights & { now: Date },
): Promise<void> {
  await sql`
    update members set permissions = ${wordArray(member.permissions)}::text[],
      modified_at = ${member.now.toISOString()}
    where organization = ${member.organization} and person = ${member.person}`.execute(tx)
}

export async function deleteMember(
  tx: Tx,
  { organization, person }: Pick<MemberRights, 'organization' | 'person'>,
): Promise<void> {
  await sql`
    delete from members where organization = ${organization} and person = ${person}`.execute(tx)
}

/** The members who may say who is one, locked: none of them ceases to meanwhile. By number. */
export async function lockOwners(tx: Tx, organization: number): Promise<number[]> {
  const { rows } = await sql<{ person: number }>`
    select person from members where organization = ${organization} and 'people' = any(permissions)
    order by person for update`.execute(tx)
  return rows.map(({ person }) => person)
}
