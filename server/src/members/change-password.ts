import { inTx, retry } from '../kernel/database/transaction.ts'
import type { Act } from '../journal/entry.ts'
import { newId } from '../kernel/id.ts'
import { notFound } from '../kernel/problem.ts'
import type { Session } from '../organizations/session.ts'
import { toJournaled } from './change-person.ts'
import { journalPerson } from './journal-person.ts'
import { sendLink } from './invitations/send-link.ts'
import { checkPassword } from './people/check-password.ts'
import { listMemberships } from './people/member-store.ts'
import {
  findPersonByEmail,
  findPersonById,
  getPersonByNumber,
  updatePassword,
} from './people/person-store.ts'
import { encryptPasswordHash, sealEmail, toPerson } from './people/person.ts'
import type { Person } from './people/person.ts'
import { deadLink } from './people-parts.ts'
import type { PeopleParts } from './people-parts.ts'
import { createChallenge } from './sessions/challenge.ts'
import { deleteChallenges, findChallenge, takeChallenge } from './sessions/challenge-store.ts'
import { hashToken } from './sessions/one-time-token.ts'
import { renewSession } from './sessions/open-session.ts'
import { endSessionsOf } from './sessions/end-sessions.ts'
import { provePassword, sessionEnded } from './step-up.ts'
import type { SignInPlace } from './sign-in.ts'
import { tellOfChange } from './tell-of-change.ts'

/** Another password; all other sessions end. Answers this one's new token. */
export async function changePassword(
  parts: PeopleParts,
  session: Session,
  { current, password }: { current: string; password: string },
  place: SignInPlace,
): Promise<string> {
  const { database, clock } = parts
  const proof = { password: current, place, action: 'person.change-password' as const }
  const person = await provePassword(parts, session, proof)
  const hash = await hashFor(parts, person, password)
  const now = clock.now()
  const token = await inTx(database.db, async (tx) => {
    await updatePassword(tx, { number: person.number, password: hash, now })
    await deleteChallenges(tx, person.number)
    const act = { actor: { kind: 'person' as const, id: person.id }, ...place.origin }
    const token = await renewSession(tx, session, { act, now, provedAt: now })
    if (token === undefined) throw sessionEnded()
    await journalPerson(tx, person, { at: now, act, action: 'person.change-password' })
    return token
  })
  tellOfChange(parts, person.number, 'password')
  return token
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

/**
 * What opens a link by which the person chooses another password, for an hour and once, as an operator makes it.
 * @throws Problem 404
 */
export async function createResetToken(
  { database, clock }: PeopleParts,
  id: string,
  act: Act,
): Promise<string> {
  const now = clock.now()
  return inTx(database.db, async (tx) => {
    const row = await findPersonById(tx, id)
    if (!row) throw notFound(id)
    const entry = { at: now, act, action: 'person.create-reset-link' } as const
    await journalPerson(tx, toJournaled(row), entry)
    return createChallenge(tx, 'reset', { person: row.number, now })
  })
}

/** Sends such a link to the person with this address, if there is one and mail is sent. */
export async function mailReset(
  parts: PeopleParts,
  email: string,
  linkOf: (token: string) => string,
): Promise<void> {
  const { database, vault, clock } = parts
  if (!parts.mailer) return
  const row = await retry(() => findPersonByEmail(database.db, sealEmail(vault, email)))
  if (!row) return
  const start = { person: row.number, now: clock.now() }
  const link = linkOf(await inTx(database.db, (tx) => createChallenge(tx, 'reset', start)))
  await sendLink(parts, { to: email, id: newId('req'), purpose: { kind: 'reset' }, link })
}

/** Sets the password that the holder of the link chose. All sessions end; nobody is signed in by it. */
export async function resetPassword(
  parts: PeopleParts,
  { token, password }: { token: string; password: string },
  origin: Omit<Act, 'actor'>,
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
    const act = { actor: { kind: 'person' as const, id: person.id }, ...origin }
    await endSessionsOf(tx, { person: number }, { act, now })
    await journalPerson(tx, person, { at: now, act, action: 'person.reset-password' })
  })
  tellOfChange(parts, person.number, 'password')
  return person
}
