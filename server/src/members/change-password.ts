import { inTx, retry } from '../kernel/database/transaction.ts'
import { newId } from '../kernel/id.ts'
import type { Session } from '../organizations/session.ts'
import { sendLink } from './invitations/send-link.ts'
import { checkPassword } from './people/check-password.ts'
import { listMemberships } from './people/member-store.ts'
import { findPersonByEmail, getPersonByNumber, updatePassword } from './people/person-store.ts'
import { encryptPasswordHash, sealEmail, toPerson } from './people/person.ts'
import type { Person } from './people/person.ts'
import { deadLink } from './people-parts.ts'
import type { PeopleParts } from './people-parts.ts'
import { createChallenge } from './sessions/challenge.ts'
import { deleteChallenges, findChallenge, takeChallenge } from './sessions/challenge-store.ts'
import { hashToken } from './sessions/one-time-token.ts'
import { renewSession } from './sessions/open-session.ts'
import { deleteSessions } from './sessions/session-store.ts'
import { provePassword, sessionEnded } from './step-up.ts'
import type { SignInPlace } from './sign-in.ts'

/** Another password; all other sessions end. Answers this one's new token. */
export async function changePassword(
  parts: PeopleParts,
  session: Session,
  { current, password }: { current: string; password: string },
  place: SignInPlace,
): Promise<string> {
  const { database, clock } = parts
  const person = await provePassword(parts, session, current, place)
  const hash = await hashFor(parts, person, password)
  const now = clock.now()
  return inTx(database.db, async (tx) => {
    await updatePassword(tx, { number: person.number, password: hash, now })
    await deleteChallenges(tx, person.number)
    const token = await renewSession(tx, session, now)
    if (token === undefined) throw sessionEnded()
    return token
  })
}

async function hashFor(
  { database, directory, vault, passwords }: PeopleParts,
  { id, number, email, name }: Person,
  password: string,
): Promise<Buffer> {
  const memberships = await retry(() => listMemberships(database.db, [number]))
  const organizations = memberships.map(
    ({ organization }) => directory.current().byNumber(organization)?.name ?? '',
  )
  await checkPassword(password, [email, name, ...organizations])
  return encryptPasswordHash(vault, id, await passwords.hash(password))
}

/** A link by which the person chooses another password; it is for an hour, and once. */
export async function createResetToken(parts: PeopleParts, person: number): Promise<string> {
  const { database, clock } = parts
  return inTx(database.db, (tx) => createChallenge(tx, 'reset', { person, now: clock.now() }))
}

/** Sends such a link to the person with this address, if there is one and mail is sent. */
export async function mailReset(
  parts: PeopleParts,
  email: string,
  linkOf: (token: string) => string,
): Promise<void> {
  const { database, vault } = parts
  if (!parts.mailer) return
  const row = await retry(() => findPersonByEmail(database.db, sealEmail(vault, email)))
  if (!row) return
  const link = linkOf(await createResetToken(parts, row.number))
  await sendLink(parts, { to: email, id: newId('req'), purpose: { kind: 'reset' }, link })
}

/** Sets the password that the holder of the link chose. All sessions end; nobody is signed in by it. */
export async function resetPassword(
  parts: PeopleParts,
  { token, password }: { token: string; password: string },
): Promise<Person> {
  const { database, vault, clock } = parts
  const now = clock.now()
  const wanted = { hash: hashToken(token), purpose: 'reset' as const, now }
  const challenge = await retry(() => findChallenge(database.db, wanted))
  if (challenge === undefined || challenge.person === null) throw deadLink()
  const { person: number } = challenge
  const person = toPerson(vault, await retry(() => getPersonByNumber(database.db, number)))
  const hash = await hashFor(parts, person, password)
  await inTx(database.db, async (tx) => {
    if (!(await takeChallenge(tx, wanted))) throw deadLink()
    await updatePassword(tx, { number, password: hash, now })
    await deleteChallenges(tx, number)
    await deleteSessions(tx, number)
  })
  return person
}
