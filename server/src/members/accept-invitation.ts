import { appendEntry } from '../journal/append-entries.ts'
import type { Act } from '../journal/entry.ts'
import type { Tx } from '../kernel/database/database.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import { newId } from '../kernel/id.ts'
import type { Problem } from '../kernel/problem.ts'
import { conflict } from '../kernel/problem.ts'
import type { Session } from '../organizations/session.ts'
import { endLooks } from '../organizations/end-looks.ts'
import { bumpVersion } from '../organizations/snapshot-store.ts'
import { findInvitation, takeInvitation } from './invitations/invitation-store.ts'
import type { InvitationRow } from './invitations/invitation-store.ts'
import { grantFields, toInvitation } from './invitations/invite.ts'
import { checkPassword } from './people/check-password.ts'
import { insertMember } from './people/member-store.ts'
import { findPersonByEmail, insertPerson, updateOperator } from './people/person-store.ts'
import { encryptPasswordHash, encryptProfile } from './people/person.ts'
import { deadLink } from './people-parts.ts'
import type { PeopleParts } from './people-parts.ts'
import { hashToken } from './sessions/one-time-token.ts'
import { renewSession } from './sessions/open-session.ts'
import { admit } from './sign-in.ts'
import type { SignInPlace, SignInStep } from './sign-in.ts'
import { sessionEnded } from './step-up.ts'

/** What an invitation says to the person who has its link. */
export interface ShownInvitation {
  email: string
  organization: { id: string; name: string } | null
  permissions: InvitationRow['permissions']
  /** Whether somebody with this address is there already, and has to sign in to accept. */
  hasAccount: boolean
  expiresAt: Date
}

/** @throws Problem 404 for a link that is not good any more */
export async function readInvitation(parts: PeopleParts, token: string): Promise<ShownInvitation> {
  const { database, vault, clock, directory } = parts
  const hash = hashToken(token)
  const row = await retry(() => findInvitation(database.db, hash, clock.now()))
  if (!row) throw deadLink()
  const { email, permissions, expiresAt } = toInvitation(vault, row)
  const { organization: number } = row
  const organization = number === null ? undefined : directory.current().byNumber(number)
  const person = await retry(() => findPersonByEmail(database.db, row.email))
  return {
    email,
    permissions,
    expiresAt,
    organization: organization ? { id: organization.id, name: organization.name } : null,
    hasAccount: person !== undefined,
  }
}

export interface Newcomer {
  name: string
  password: string
}

/** Somebody without an account accepts, and has one then. */
export async function acceptAsNewcomer(
  parts: PeopleParts,
  token: string,
  { name, password }: Newcomer,
  place: SignInPlace,
): Promise<SignInStep> {
  const { database, vault, clock, passwords } = parts
  const shown = await readInvitation(parts, token)
  if (shown.hasAccount) throw signInToAccept()
  const { email, organization } = shown
  await checkPassword(password, [email, name, organization?.name ?? ''])
  const id = newId('person')
  const blob = encryptProfile(vault, id, { email, name })
  const hash = encryptPasswordHash(vault, id, await passwords.hash(password))
  const now = clock.now()
  return inTx(database.db, async (tx) => {
    const row = await takeInvitation(tx, hashToken(token), now)
    if (!row) throw deadLink()
    const fields = { email: row.email, blob, password: hash, isOperator: row.organization === null }
    const number = await insertPerson(tx, { id, now, ...fields })
    if (number === undefined) throw signInToAccept()
    const act = { actor: { kind: 'person' as const, id }, ...place.origin }
    await join(tx, row, { person: { id, number }, act, now })
    return admit(tx, parts, { id, number, isOperator: fields.isOperator }, place, 'invitation')
  })
}

/** Somebody who is signed in under the address accepts; answers the session's new token. */
export async function acceptAsPerson(
  { database, clock }: PeopleParts,
  token: string,
  { session, act }: { session: Session; act: Act },
): Promise<string> {
  const now = clock.now()
  const hash = hashToken(token)
  return inTx(database.db, async (tx) => {
    const row = await takeInvitation(tx, hash, now)
    if (!row) throw deadLink()
    const person = await findPersonByEmail(tx, row.email)
    if (person?.number !== session.person.number) throw signInToAccept()
    await join(tx, row, { person, act, now })
    const renewed = await renewSession(tx, session, { act, now })
    if (renewed === undefined) throw sessionEnded()
    return renewed
  })
}

async function join(
  tx: Tx,
  { id, organization, permissions }: InvitationRow,
  { person, act, now }: { person: { id: string; number: number }; act: Act; now: Date },
): Promise<void> {
  const { number } = person
  if (organization === null) await updateOperator(tx, { number, isOperator: true, now })
  else {
    // In a row with those who begin a look, which members can't.
    await bumpVersion(tx)
    await insertMember(tx, { organization, person: number, permissions, now })
    await endLooks(tx, { organization, person: number }, { act, now, why: 'became-member' })
  }
  appendEntry(tx, {
    ...{ organization, at: now, act, action: 'invitation.accept', object: id },
    after: { person: person.id, ...grantFields({ organization, permissions }) },
  })
}

function signInToAccept(): Problem {
  return conflict('Sign in under the address that was invited, and open the link again.')
}
