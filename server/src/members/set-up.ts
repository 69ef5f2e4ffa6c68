import type { Database } from '../kernel/database/database.ts'
import type { Clock } from '../kernel/clock.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import { newId } from '../kernel/id.ts'
import { conflict } from '../kernel/problem.ts'
import { checkPassword } from './people/check-password.ts'
import { hasOperator, insertPerson, lockSetUp } from './people/person-store.ts'
import { encryptPasswordHash, encryptProfile, sealEmail } from './people/person.ts'
import { deadLink } from './people-parts.ts'
import type { PeopleParts } from './people-parts.ts'
import { createChallenge } from './sessions/challenge.ts'
import { findChallenge, takeChallenge } from './sessions/challenge-store.ts'
import { hashToken } from './sessions/one-time-token.ts'
import { admit } from './sign-in.ts'
import type { SignInPlace, SignInStep } from './sign-in.ts'

/** What opens the set-up of the first operator, for an hour, and once; undefined where there is one. */
export async function createSetUpToken({
  database,
  clock,
}: {
  database: Database
  clock: Clock
}): Promise<string | undefined> {
  return inTx(database.db, async (tx) => {
    if (await hasOperator(tx)) return undefined
    return createChallenge(tx, 'set-up', { now: clock.now() })
  })
}

export interface FirstOperator {
  token: string
  name: string
  email: string
  password: string
}

/** Makes the first operator. @throws Problem 404 for a link that is not good any more */
export async function setUp(
  parts: PeopleParts,
  { token, name, email, password }: FirstOperator,
  place: SignInPlace,
): Promise<SignInStep> {
  const { database, vault, clock, passwords } = parts
  const now = clock.now()
  const wanted = { hash: hashToken(token), purpose: 'set-up' as const, now }
  if (!(await retry(() => findChallenge(database.db, wanted)))) throw deadLink()
  await checkPassword(password, [email, name])
  const id = newId('person')
  const blob = encryptProfile(vault, id, { email, name })
  const hash = encryptPasswordHash(vault, id, await passwords.hash(password))
  return inTx(database.db, async (tx) => {
    await lockSetUp(tx)
    const isFirst = !(await hasOperator(tx)) && (await takeChallenge(tx, wanted)) !== undefined
    if (!isFirst) throw deadLink()
    const fields = { email: sealEmail(vault, email), blob, password: hash, isOperator: true, now }
    const number = await insertPerson(tx, { id, ...fields })
    if (number === undefined) throw conflict('There is somebody with this address already.')
    return admit(tx, parts, { id, number, isOperator: true }, place, 'set-up')
  })
}
