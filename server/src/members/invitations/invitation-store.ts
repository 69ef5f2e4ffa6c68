import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { wordArray } from '../../kernel/database/sql-array.ts'
import { idPattern } from '../../kernel/id.ts'
import type { Permission } from '../../organizations/permission.ts'

const INVITATION_ID = idPattern('invitation')

export interface InvitationRow {
  id: string
  /** Null: to be an operator. */
  organization: number | null
  email: string
  blob: Uint8Array
  permissions: Permission[]
  created_by: string
  created_at: Date
  expires_at: Date
}

const columns = sql`id, organization, email, blob, permissions, created_by, created_at, expires_at`

export interface NewInvitation {
  id: string
  hash: Buffer
  organization: number | null
  email: string
  blob: Buffer
  permissions: Permission[]
  createdBy: string
  now: Date
  expiresAt: Date
}

/** Takes the place of an earlier one to the same person, whose link is good for nothing then. */
export async function insertInvitation(tx: Tx, invitation: NewInvitation): Promise<void> {
  await sql`
    insert into invitations
      (id, hash, organization, email, blob, permissions, created_by, created_at, expires_at)
    values (${invitation.id}, ${invitation.hash}, ${invitation.organization}, ${invitation.email},
      ${invitation.blob}, ${wordArray(invitation.permissions)}::text[], ${invitation.createdBy},
      ${invitation.now.toISOString()}, ${invitation.expiresAt.toISOString()})
    on conflict (coalesce(organization, 0), email) where accepted_at is null do update set
      id = excluded.id, hash = excluded.hash, blob = excluded.blob,
      permissions = excluded.permissions, created_by = excluded.created_by,
      created_at = excluded.created_at, expires_at = excluded.expires_at`.execute(tx)
}

/** Those that can still be accepted, the first one first; null: to be an operator. They are few. */
export async function listInvitations(
  db: Db,
  organization: number | null,
  now: Date,
): Promise<InvitationRow[]> {
  const { rows } = await sql<InvitationRow>`
    select ${columns} from invitations
    where coalesce(organization, 0) = ${organization ?? 0} and accepted_at is null
      and expires_at > ${now.toISOString()}
    order by created_at, id`.execute(db)
  return rows
}

export async function findInvitation(
  db: Db,
  hash: Buffer,
  now: Date,
): Promise<InvitationRow | undefined> {
  const { rows } = await sql<InvitationRow>`
    select ${columns} from invitations
    where hash = ${hash} and accepted_at is null and expires_at > ${now.toISOString()}`.execute(db)
  return rows[0]
}

/** Accepts it: of those who do so at once one does. */
export async function takeInvitation(
  tx: Tx,
  hash: Buffer,
  now: Date,
): Promise<InvitationRow | undefined> {
  const { rows } = await sql<InvitationRow>`
    update invitations set accepted_at = ${now.toISOString()}
    where hash = ${hash} and accepted_at is null and expires_at > ${now.toISOString()}
    returning ${columns}`.execute(tx)
  return rows[0]
}

export async function deleteInvitation(tx: Tx, organization: number, id: string): Promise<boolean> {
  if (!INVITATION_ID.test(id)) return false
  const { rows } = await sql`
    delete from invitations
    where organization = ${organization} and id = ${id} and accepted_at is null returning 1`.execute(
    tx,
  )
  return rows.length > 0
}

/** Wherever it is to, which it answers; undefined where there is none that could be accepted. */
export async function deleteAnyInvitation(
  tx: Tx,
  id: string,
): Promise<Pick<InvitationRow, 'organization'> | undefined> {
  if (!INVITATION_ID.test(id)) return undefined
  const { rows } = await sql<Pick<InvitationRow, 'organization'>>`
    delete from invitations where id = ${id} and accepted_at is null
    returning organization`.execute(tx)
  return rows[0]
}

/** What somebody who may invite no more has sent out. */
export async function deleteInvitationsBy(
  tx: Tx,
  organization: number | null,
  createdBy: string,
): Promise<void> {
  await sql`
    delete from invitations
    where coalesce(organization, 0) = ${organization ?? 0} and created_by = ${createdBy}
      and accepted_at is null`.execute(tx)
}

/** The open invitations to this address, wherever to. */
export async function deleteInvitationsOf(tx: Tx, email: string): Promise<void> {
  await sql`delete from invitations where email = ${email}`.execute(tx)
}

export async function deleteOldInvitations(tx: Tx, before: Date): Promise<void> {
  await sql`delete from invitations where expires_at <= ${before.toISOString()}`.execute(tx)
}
