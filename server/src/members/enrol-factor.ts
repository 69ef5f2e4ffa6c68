import { inTx, retry } from '../kernel/database/transaction.ts'
import type { Act } from '../journal/entry.ts'
import { newId } from '../kernel/id.ts'
import { Problem, conflict, invalidField, notFound } from '../kernel/problem.ts'
import type { Session } from '../organizations/session.ts'
import {
  confirmTotp,
  deleteFactor,
  deleteUnconfirmed,
  findUnconfirmed,
  insertFactor,
  listFactors,
} from './factors/factor-store.ts'
import {
  decryptPasskey,
  encryptPasskey,
  hashCredential,
  passkeyCreation,
  verifyCreation,
} from './factors/passkey.ts'
import type { RegistrationResponseJSON, Site } from './factors/passkey.ts'
import { deleteRecoveryCodes, replaceRecoveryCodes } from './factors/recovery-code-store.ts'
import { newRecoveryCodes, sealRecoveryCode } from './factors/recovery-code.ts'
import { encryptTotp, newTotpSecret, stepOfCode, totpUrl } from './factors/totp.ts'
import { getPersonByNumber, lockPerson } from './people/person-store.ts'
import { decryptProfile } from './people/person.ts'
import type { PeopleParts } from './people-parts.ts'
import { journalPerson } from './journal-person.ts'
import { createChallenge } from './sessions/challenge.ts'
import { takeChallenge } from './sessions/challenge-store.ts'
import { hashToken } from './sessions/one-time-token.ts'
import { renewSession } from './sessions/open-session.ts'
import { sessionEnded } from './step-up.ts'

const MAX_PASSKEYS = 10

/** Who changes factors, of whom they are. */
export interface FactorChange {
  session: Session
  act: Act
}

/** A secret for a program of one-time codes; it counts once a code shows that it has arrived. */
export async function startTotp(
  { database, vault, clock }: PeopleParts,
  { person }: Session,
  name: string,
) {
  const row = await retry(() => getPersonByNumber(database.db, person.number))
  const secret = newTotpSecret()
  const id = newId('factor')
  const blob = encryptTotp(vault, id, { name, secret })
  const fields = { credential: null, signatures: null, isConfirmed: false, now: clock.now() }
  await inTx(database.db, async (tx) => {
    await lockPerson(tx, person.number)
    await deleteUnconfirmed(tx, person.number)
    await insertFactor(tx, { id, person: person.number, kind: 'totp', blob, ...fields })
  })
  return { id, secret, url: totpUrl(secret, decryptProfile(vault, row).email) }
}

/** From now on the code is asked for; answers the session's new token. */
export async function confirmTotpFactor(
  { database, vault, clock }: PeopleParts,
  { session, act }: FactorChange,
  code: string,
): Promise<string> {
  const person = session.person.number
  const now = clock.now()
  const factor = await retry(() => findUnconfirmed(database.db, person))
  const step = factor && stepOfCode(vault, factor, code, now)
  if (factor === undefined || step === undefined) {
    throw invalidField('code', 'code is not the one that belongs to this secret now')
  }
  return inTx(database.db, async (tx) => {
    await lockPerson(tx, person)
    if (!(await confirmTotp(tx, { id: factor.id, person, step, now }))) {
      throw conflict('Another secret has taken its place; begin again.')
    }
    const after = { factor: factor.id, kind: 'totp' }
    await journalPerson(tx, session.person, { at: now, act, action: 'person.add-factor', after })
    return must(await renewSession(tx, session, { act, now }))
  })
}

/** What a browser needs to make a passkey for the person. */
export async function startPasskey(
  { database, vault, clock }: PeopleParts,
  { person: { id, number } }: Session,
  site: Site,
) {
  const row = await retry(() => getPersonByNumber(database.db, number))
  const factors = await retry(() => listFactors(database.db, number))
  const existing = factors
    .filter(({ kind }) => kind === 'passkey')
    .map((factor) => decryptPasskey(vault, factor).credentialId)
  if (existing.length >= MAX_PASSKEYS) {
    throw conflict(`A person has at most ${MAX_PASSKEYS} passkeys; remove one first.`)
  }
  const options = await passkeyCreation(site, { id, ...decryptProfile(vault, row) }, existing)
  const start = { person: number, nonce: options.challenge, now: clock.now() }
  const challenge = await inTx(database.db, (tx) => createChallenge(tx, 'enrol-passkey', start))
  return { challenge, options }
}

export interface CreatedPasskey {
  name: string
  challenge: string
  response: RegistrationResponseJSON
}

/** Takes the passkey that the browser made; answers its id and the session's new token. */
export async function addPasskey(
  { database, vault, clock }: PeopleParts,
  { session, act }: FactorChange,
  site: Site,
  { name, challenge: token, response }: CreatedPasskey,
): Promise<{ id: string; token: string }> {
  const person = session.person.number
  const now = clock.now()
  const wanted = { hash: hashToken(token), purpose: 'enrol-passkey' as const, now }
  // Used whatever comes of it: a browser that failed asks for another one.
  const challenge = await inTx(database.db, (tx) => takeChallenge(tx, wanted))
  const nonce = challenge?.person === person ? challenge.nonce : null
  const passkey = nonce === null ? undefined : await verifyCreation(site, nonce, response)
  if (!passkey) throw invalidField('response', 'response is not good for this challenge')
  const { credentialId, publicKey, signatures } = passkey
  const id = newId('factor')
  const blob = encryptPasskey(vault, id, { name, credentialId, publicKey })
  const credential = hashCredential(credentialId)
  return inTx(database.db, async (tx) => {
    const fields = { person, blob, credential, signatures, isConfirmed: true, now }
    if (!(await insertFactor(tx, { id, kind: 'passkey', ...fields }))) {
      throw conflict('This passkey is in use already.')
    }
    const after = { factor: id, kind: 'passkey' }
    await journalPerson(tx, session.person, { at: now, act, action: 'person.add-factor', after })
    return { id, token: must(await renewSession(tx, session, { act, now })) }
  })
}

/** Removes a factor; the last one not where one is required. Answers the session's new token. */
export async function removeFactor(
  { database, mode, clock }: PeopleParts,
  { session, act }: FactorChange,
  id: string,
): Promise<string> {
  const person = session.person.number
  return inTx(database.db, async (tx) => {
    await lockPerson(tx, person)
    const factors = await listFactors(tx, person)
    if (!(await deleteFactor(tx, person, id))) throw notFound(id)
    const left = factors.filter((factor) => factor.id !== id)
    if (left.length === 0 && mode === 'production') {
      throw new Problem(409, 'Conflict', 'A second factor is required; add another one first.')
    }
    // They stand in for a code, and nobody asks for one any more.
    if (!left.some(({ kind }) => kind === 'totp')) await deleteRecoveryCodes(tx, person)
    const kind = factors.find((factor) => factor.id === id)?.kind ?? 'totp'
    const now = clock.now()
    const entry = { at: now, act, before: { factor: id, kind } }
    await journalPerson(tx, session.person, { ...entry, action: 'person.remove-factor' })
    return must(await renewSession(tx, session, { act, now }))
  })
}

/** New codes in place of those before, and the session's new token. The codes are shown once. */
export async function renewRecoveryCodes(
  { database, vault, clock }: PeopleParts,
  { session, act }: FactorChange,
): Promise<{ codes: string[]; token: string }> {
  const { id, number } = session.person
  const codes = newRecoveryCodes()
  const sealed = codes.map((code) => sealRecoveryCode(vault, id, code))
  const token = await inTx(database.db, async (tx) => {
    await lockPerson(tx, number)
    const factors = await listFactors(tx, number)
    if (!factors.some(({ kind }) => kind === 'totp')) {
      throw conflict('Recovery codes stand in for one-time codes; set those up first.')
    }
    await replaceRecoveryCodes(tx, number, sealed)
    const now = clock.now()
    const entry = { at: now, act, action: 'person.renew-recovery-codes' } as const
    await journalPerson(tx, session.person, entry)
    return must(await renewSession(tx, session, { act, now }))
  })
  return { codes, token }
}

function must(token: string | undefined): string {
  if (token === undefined) throw sessionEnded()
  return token
}
