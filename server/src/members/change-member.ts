import { appendEntry } from '../journal/append-entries.ts'
import type { Act } from '../journal/entry.ts'
import type { Tx } from '../kernel/database/database.ts'
import { conflict, notFound } from '../kernel/problem.ts'
import type { Permission } from '../organizations/permission.ts'
import { deleteInvitationsBy } from './invitations/invitation-store.ts'
import { deleteMember, findMember, lockOwners, updatePermissions } from './people/member-store.ts'
import type { MemberRow } from './people/member-store.ts'
import { endSessionsOf } from './sessions/end-sessions.ts'

/** Which member of which organization. */
export interface MemberChange {
  organization: number
  id: string
  now: Date
  act: Act
}

/** Another set of permissions; the member signs in anew. @throws Problem 404, 409 for the last owner */
export async function changeMember(
  tx: Tx,
  { organization, id, now, act }: MemberChange,
  permissions: Permission[],
): Promise<MemberRow> {
  const member = await getChangeable(tx, organization, id, permissions.includes('people'))
  const { number: person } = member
  const isSame = permissions.join() === member.permissions.join()
  if (isSame) return member
  await updatePermissions(tx, { organization, person, permissions, now })
  if (!permissions.includes('people')) await deleteInvitationsBy(tx, organization, id)
  await endSessionsOf(tx, { person }, { act, now })
  appendEntry(tx, {
    ...{ organization, at: now, act, action: 'member.change', object: id },
    ...{ before: { permissions: member.permissions }, after: { permissions } },
  })
  return { ...member, permissions }
}

/** The member goes, with its invitations and sessions. @throws Problem 404, 409 for the last owner */
export async function removeMember(
  tx: Tx,
  { organization, id, now, act }: MemberChange,
): Promise<void> {
  const { number: person, permissions } = await getChangeable(tx, organization, id, false)
  await deleteMember(tx, { organization, person })
  await deleteInvitationsBy(tx, organization, id)
  await endSessionsOf(tx, { person }, { act, now })
  appendEntry(tx, {
    ...{ organization, at: now, act, action: 'member.remove', object: id },
    before: { permissions },
  })
}

/** Somebody has to be left who can invite others. */
async function getChangeable(
  tx: Tx,
  organization: number,
  id: string,
  staysOwner: boolean,
): Promise<MemberRow> {
  // First: a tx that takes the permission from others at the same time waits here.
  const owners = await lockOwners(tx, organization)
  const member = await findMember(tx, organization, id)
  if (!member) throw notFound(id)
  if (!staysOwner && owners.length === 1 && owners[0] === member.number) {
    throw conflict('The last member with the permission people stays; give it to another first.')
  }
  return member
}
