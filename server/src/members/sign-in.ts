import { inTx, retry } from '../kernel/database/transaction.ts'
import type { Tx } from '../kernel/database/database.ts'
import type { Act } from '../journal/entry.ts'
import { listFactors, takeStep } from './factors/factor-store.ts'
import type { FactorRow } from './factors/factor-store.ts'
import { takeRecoveryCode } from './factors/recovery-code-store.ts'
import { sealRecoveryCode } from './factors/recovery-code.ts'
import { stepOfCode } from './factors/totp.ts'
import { isOutdated } from './people/hash-password.ts'
import { encryptPasswordHash, sealEmail, toPerson } from './people/person.ts'
import type { Person } from './people/person.ts'
import { findPersonByEmail, getPersonByNumber, updatePassword } from './people/person-store.ts'
import type { PeopleParts } from './people-parts.ts'
import { journalPerson } from './journal-person.ts'
import type { JournaledPerson } from './journal-person.ts'
import { beginGuess, refuseProof } from './refuse-proof.ts'
import type { ProofAttempt, Proof } from './refuse-proof.ts'
import { createChallenge } from './sessions/challenge.ts'
import { countTry, takeChallenge } from './sessions/challenge-store.ts'
import { hashToken } from './sessions/one-time-token.ts'
import { openSession } from './sessions/open-session.ts'
import { endSession } from './sessions/end-sessions.ts'
import type { Guess } from './sign-in-throttle.ts'

/** Where somebody signs in from. */
export interface SignInPlace extends Omit<Guess, 'account' | 'isKnownDevice'> {
  /** Such as `Firefox on Linux`. */
  browser: string
  /** Whether the browser shows that this person has signed in with it before. */
  isKnownTo(personId: string | undefined): boolean
  /** The network and the request, as journals have them. */
  origin: Omit<Act, 'actor'>
  /** The session that the browser has; it ends with the sign-in. */
  session: { id: string; person: { number: number } } | undefined
}

/** How a sign-in goes on. */
export type SignInStep =
  | { next: 'totp'; challenge: string }
  /** A passkey is there and nothing else that would do beside the password. */
  | { next: 'passkey' }
  | { next: 'done' | 'enrol'; token: string; personId: string }

const MAX_TRIES = 5

/** @throws Problem 401 for whatever is wrong, 429 while guesses have to wait */
export async function signIn(
  parts: PeopleParts,
  { email, password }: { email: string; password: string },
  place: SignInPlace,
): Promise<SignInStep> {
  const { database, vault, throttle } = parts
  const account = sealEmail(vault, email)
  const row = await retry(() => findPersonByEmail(database.db, account))
  const guess = { account, network: place.network, isKnownDevice: place.isKnownTo(row?.id) }
  const person = row && toPerson(vault, row)
  const attempt = attemptOf('password', person, place)
  beginGuess(parts, guess, attempt)
  // Also where there is nobody: the answer takes as long.
  const isRight = await parts.passwords.verify(password, person?.passwordHash ?? null)
  if (!person || !isRight) throw refuseProof(parts, attempt)
  throttle.succeed(guess)
  await renewHash(parts, person, password)
  return goOn(parts, person, place, 'password')
}

/** Once the first factor is proved: asks for the second one where there is one, or lets the person in. */
export async function goOn(
  parts: PeopleParts,
  person: Person,
  place: SignInPlace,
  by: Entrance,
): Promise<SignInStep> {
  const { database, clock } = parts
  const letIn = () => inTx(database.db, (tx) => admit(tx, parts, person, place, by))
  if (WITH_SECOND_FACTOR.includes(by)) return letIn()
  const factors = await retry(() => listFactors(database.db, person.number))
  const now = clock.now()
  if (factors.some(({ kind }) => kind === 'totp')) {
    const start = { person: person.number, now }
    const challenge = await inTx(database.db, (tx) => createChallenge(tx, 'second-factor', start))
    return { next: 'totp', challenge }
  }
  if (factors.length > 0) return { next: 'passkey' }
  return letIn()
}

function attemptOf(by: Proof, person: Person | undefined, { origin }: SignInPlace): ProofAttempt {
  return { action: 'person.sign-in', by, person, origin }
}

/** By what somebody is let in. */
export type Entrance = Proof | 'provider-mfa' | 'invitation' | 'set-up'

const WITH_SECOND_FACTOR: readonly Entrance[] = ['totp', 'recovery-code', 'passkey', 'provider-mfa']

/** Lets the person in. Without a second factor, where one is required, only so far as to enrol one. */
export async function admit(
  tx: Tx,
  { mode, clock }: Pick<PeopleParts, 'mode' | 'clock'>,
  person: JournaledPerson,
  { browser, session, origin }: Pick<SignInPlace, 'browser' | 'session' | 'origin'>,
  by: Entrance,
): Promise<SignInStep> {
  const { id, number } = person
  const now = clock.now()
  const isEnrolling = mode === 'production' && !WITH_SECOND_FACTOR.includes(by)
  const act = { actor: { kind: 'person' as const, id }, ...origin }
  if (session) {
    await endSession(tx, { person: session.person.number, id: session.id }, { act, now })
  }
  const token = await openSession(tx, { person: number, isEnrolling, browser, now })
  await journalPerson(tx, person, { at: now, act, action: 'person.sign-in', after: { by } })
  return { next: isEnrolling ? 'enrol' : 'done', token, personId: id }
}

async function renewHash(parts: PeopleParts, person: Person, password: string): Promise<void> {
  const { database, vault, clock, passwords } = parts
  if (person.passwordHash === null || !isOutdated(person.passwordHash)) return
  const hash = encryptPasswordHash(vault, person.id, await passwords.hash(password))
  const change = { number: person.number, password: hash, now: clock.now() }
  await inTx(database.db, (tx) => updatePassword(tx, change))
}

/** What is brought beside the password. */
export interface SecondFactor {
  kind: 'totp' | 'recovery-code'
  challenge: string
  code: string
}

/** @throws Problem 401 for whatever is wrong, 429 while guesses have to wait */
export async function signInWithCode(
  parts: PeopleParts,
  { kind, challenge: token, code }: SecondFactor,
  place: SignInPlace,
): Promise<SignInStep> {
  const { database, vault, clock, throttle } = parts
  const now = clock.now()
  const wanted = { hash: hashToken(token), purpose: 'second-factor' as const, now }
  const challenge = await inTx(database.db, (tx) => countTry(tx, wanted, MAX_TRIES))
  if (!challenge || challenge.person === null) {
    throw refuseProof(parts, attemptOf(kind, undefined, place))
  }
  const number = challenge.person
  const person = toPerson(vault, await retry(() => getPersonByNumber(database.db, number)))
  const isKnownDevice = place.isKnownTo(person.id)
  const guess = { account: `code ${person.id}`, network: place.network, isKnownDevice }
  const attempt = attemptOf(kind, person, place)
  beginGuess(parts, guess, attempt)
  const factors = await retry(() => listFactors(database.db, number))
  const step = await inTx(database.db, async (tx) => {
    if (!(await takeChallenge(tx, wanted))) throw refuseProof(parts, attempt)
    const isTaken =
      kind === 'totp'
        ? await takeTotp(tx, parts, factors, { code, now })
        : await takeRecoveryCode(tx, number, sealRecoveryCode(vault, person.id, code))
    // The challenge is there again then: the tx is rolled back.
    if (!isTaken) throw refuseProof(parts, attempt)
    return admit(tx, parts, person, place, kind)
  })
  throttle.succeed(guess)
  return step
}

async function takeTotp(
  tx: Tx,
  { vault }: PeopleParts,
  factors: readonly FactorRow[],
  { code, now }: { code: string; now: Date },
): Promise<boolean> {
  const factor = factors.find(({ kind }) => kind === 'totp')
  const step = factor && stepOfCode(vault, factor, code, now)
  return factor !== undefined && step !== undefined && takeStep(tx, { id: factor.id, step, now })
}
