import { appendEntry } from '../../journal/append-entries.ts'
import { actorText } from '../../journal/entry.ts'
import type { Act, EntryFields } from '../../journal/entry.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, Tx } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { HOUR_MS } from '../../kernel/durations.ts'
import { newId } from '../../kernel/id.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Mailer } from '../../kernel/mailer.ts'
import { conflict } from '../../kernel/problem.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Organization } from '../../organizations/organization.ts'
import type { Permission } from '../../organizations/permission.ts'
import { listMembers } from '../people/member-store.ts'
import { findPersonByEmail } from '../people/person-store.ts'
import { sealEmail } from '../people/person.ts'
import { hashToken, newToken } from '../sessions/one-time-token.ts'
import { insertInvitation, listInvitations } from './invitation-store.ts'
import type { InvitationRow } from './invitation-store.ts'
import { sendLink } from './send-link.ts'

const LIFETIME_MS = 72 * HOUR_MS
/** Members and open invitations of an organization. */
export const MAX_MEMBERS = 500
export const MAX_INVITATIONS = 100

export interface InvitationParts {
  database: Database
  vault: Vault
  clock: Clock
  log: Logger
  mailer?: Mailer | undefined
}

/** An invitation that can still be accepted. */
export interface Invitation {
  id: string
  email: string
  permissions: Permission[]
  createdBy: string
  createdAt: Date
  expiresAt: Date
}

export interface CreatedInvitation extends Invitation {
  /** Shown this once, and only where no mail brings it. */
  link: string | null
}

export interface InvitationDraft {
  /** Undefined: to be an operator. */
  organization: Organization | undefined
  email: string
  permissions: Permission[]
  act: Act
  linkOf(token: string): string
}

const blobRow = (id: string): string => `invitations.blob ${id}`

/** Invites the person who has the address, by mail where there is mail. The link is for three days, and once. */
export async function invite(
  parts: InvitationParts,
  { organization, email, permissions, act, linkOf }: InvitationDraft,
): Promise<CreatedInvitation> {
  const { database, vault, clock } = parts
  const [id, token, now] = [newId('invitation'), newToken(), clock.now()]
  const invitation = {
    id,
    organization: organization?.number ?? null,
    permissions,
    createdBy: actorText(act.actor) ?? 'nobody',
    now,
    expiresAt: new Date(now.getTime() + LIFETIME_MS),
  }
  const sealed = sealEmail(vault, email)
  const blob = vault.encrypt(blobRow(id), { email })
  await inTx(database.db, async (tx) => {
    if (organization) await checkRoom(tx, organization, sealed, now)
    await insertInvitation(tx, { ...invitation, email: sealed, hash: hashToken(token), blob })
    appendEntry(tx, {
      ...{ organization: invitation.organization, at: now, act },
      ...{ action: 'invitation.create', object: id, after: grantFields(invitation) },
    })
  })
  const link = linkOf(token)
  const purpose = { kind: 'invitation' as const, organization: organization?.name }
  const isSent = await sendLink(parts, { to: email, id, purpose, link })
  const { createdBy, expiresAt } = invitation
  const created = { id, email, permissions, createdBy, createdAt: now, expiresAt }
  return { ...created, link: isSent ? null : link }
}

/** What an invitation lets, as journals say it. */
export function grantFields({
  organization,
  permissions,
}: Pick<InvitationRow, 'organization' | 'permissions'>): EntryFields {
  return organization === null ? { is_operator: true } : { permissions }
}

async function checkRoom(
  tx: Tx,
  { number }: Organization,
  email: string,
  now: Date,
): Promise<void> {
  const members = await listMembers(tx, number)
  const person = await findPersonByEmail(tx, email)
  if (members.some((member) => member.number === person?.number)) {
    throw conflict('There is a member with this address already.')
  }
  const open = (await listInvitations(tx, number, now)).filter((each) => each.email !== email)
  if (open.length >= MAX_INVITATIONS || members.length + open.length >= MAX_MEMBERS) {
    throw conflict(
      `An organization has at most ${MAX_MEMBERS} members, and ${MAX_INVITATIONS} invitations that are open.`,
    )
  }
}

export function toInvitation(vault: Vault, row: InvitationRow): Invitation {
  return {
    id: row.id,
    email: vault.decrypt<{ email: string }>(blobRow(row.id), row.blob).email,
    permissions: row.permissions,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
