import type { Session } from '../organizations/session.ts'
import type { Tx } from '../kernel/database/database.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import { Problem } from '../kernel/problem.ts'
import type { Site } from './factors/passkey.ts'
import { getPersonByNumber } from './people/person-store.ts'
import { sealEmail, toPerson } from './people/person.ts'
import type { Person } from './people/person.ts'
import type { PeopleParts } from './people-parts.ts'
import { journalPerson } from './journal-person.ts'
import { beginGuess, refuseProof } from './refuse-proof.ts'
import type { ProofAttempt, Proof } from './refuse-proof.ts'
import { rotateSession } from './sessions/open-session.ts'
import type { SignInPlace } from './sign-in.ts'
import { withPasskey } from './use-passkey.ts'
import type { PasskeyAnswer } from './use-passkey.ts'

/** The session has ended meanwhile. */
export function sessionEnded(): Problem {
  return new Problem(401, 'SignInRequired', 'Sign in first.')
}

/** The person, whose password it is. @throws Problem 401, 429 while guesses have to wait */
export async function provePassword(
  parts: PeopleParts,
  session: Session,
  {
    password,
    place,
    action,
  }: { password: string; place: SignInPlace } & Pick<ProofAttempt, 'action'>,
): Promise<Person> {
  const { database, vault, throttle, passwords } = parts
  const row = await retry(() => getPersonByNumber(database.db, session.person.number))
  const person = toPerson(vault, row)
  const account = sealEmail(vault, person.email)
  const guess = { account, network: place.network, isKnownDevice: place.isKnownTo(person.id) }
  const attempt: ProofAttempt = { action, by: 'password', person, origin: place.origin }
  beginGuess(parts, guess, attempt)
  if (!(await passwords.verify(password, person.passwordHash))) throw refuseProof(parts, attempt)
  throttle.succeed(guess)
  return person
}

/** Proves once more who it is; answers the session's new token. */
export async function stepUpByPassword(
  parts: PeopleParts,
  session: Session,
  password: string,
  place: SignInPlace,
): Promise<string> {
  const proof = { password, place, action: 'person.step-up' as const }
  await provePassword(parts, session, proof)
  return inTx(parts.database.db, (tx) => freshen(tx, parts, session, place, 'password'))
}

async function freshen(
  tx: Tx,
  { clock }: PeopleParts,
  { id, person }: Session,
  { origin }: SignInPlace,
  by: Proof,
): Promise<string> {
  const now = clock.now()
  const token = await rotateSession(tx, id, now)
  if (token === undefined) throw sessionEnded()
  const act = { actor: { kind: 'person' as const, id: person.id }, ...origin }
  await journalPerson(tx, person, { at: now, act, action: 'person.step-up', after: { by } })
  return token
}

/** The same by a passkey of the person's. */
export async function stepUpByPasskey(
  parts: PeopleParts,
  session: Session,
  site: Site,
  { place, ...answer }: PasskeyAnswer & { place: SignInPlace },
): Promise<string> {
  const { origin } = place
  const attempt = { action: 'person.step-up', origin, ...answer } as const
  return withPasskey(parts, site, attempt, (tx, person) => {
    if (person.number !== session.person.number) {
      throw refuseProof(parts, { ...attempt, by: 'passkey', person: session.person })
    }
    return freshen(tx, parts, session, place, 'passkey')
  })
}
