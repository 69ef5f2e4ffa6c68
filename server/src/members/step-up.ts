import type { Session } from '../organizations/session.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import { Problem } from '../kernel/problem.ts'
import type { Site } from './factors/passkey.ts'
import { getPersonByNumber } from './people/person-store.ts'
import { sealEmail, toPerson } from './people/person.ts'
import type { Person } from './people/person.ts'
import { signInFailed } from './people-parts.ts'
import type { PeopleParts } from './people-parts.ts'
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
  password: string,
  place: SignInPlace,
): Promise<Person> {
  const { database, vault, throttle, passwords } = parts
  const row = await retry(() => getPersonByNumber(database.db, session.person.number))
  const person = toPerson(vault, row)
  const account = sealEmail(vault, person.email)
  const guess = { account, network: place.network, isKnownDevice: place.isKnownTo(person.id) }
  throttle.begin(guess)
  if (!(await passwords.verify(password, person.passwordHash))) throw signInFailed()
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
  await provePassword(parts, session, password, place)
  const { database, clock } = parts
  const token = await inTx(database.db, (tx) => rotateSession(tx, session.id, clock.now()))
  if (token === undefined) throw sessionEnded()
  return token
}

/** The same by a passkey of the person's. */
export async function stepUpByPasskey(
  parts: PeopleParts,
  session: Session,
  site: Site,
  answer: PasskeyAnswer,
): Promise<string> {
  return withPasskey(parts, site, answer, async (tx, person) => {
    if (person.number !== session.person.number) throw signInFailed()
    const token = await rotateSession(tx, session.id, parts.clock.now())
    if (token === undefined) throw sessionEnded()
    return token
  })
}
