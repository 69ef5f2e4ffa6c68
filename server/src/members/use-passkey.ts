import { createHash } from 'node:crypto'
import { inTx, retry } from '../kernel/database/transaction.ts'
import type { Tx } from '../kernel/database/database.ts'
import { MINUTE_MS } from '../kernel/durations.ts'
import { findPasskey, usePasskey } from './factors/factor-store.ts'
import { decryptPasskey, hashCredential, passkeyRequest, verifyPasskey } from './factors/passkey.ts'
import type { AuthenticationResponseJSON, Site } from './factors/passkey.ts'
import type { PeopleParts } from './people-parts.ts'
import { refuseProof } from './refuse-proof.ts'
import type { ProofAttempt } from './refuse-proof.ts'
import { getPersonByNumber } from './people/person-store.ts'
import { toPerson } from './people/person.ts'
import type { Person } from './people/person.ts'
import { spendChallenge } from './sessions/challenge-store.ts'

const LIFETIME_MS = 5 * MINUTE_MS
const CHALLENGE_ROW = 'passkey challenge'

interface StoredChallenge {
  nonce: string
  expiresMs: number
}

/**
 * What a browser signs with a passkey. Anybody may ask, so that nothing of it is stored before it is used: the
 * challenge is encrypted, and remembered once it was good.
 */
export async function askForPasskey({ vault, clock }: PeopleParts, site: Site) {
  const options = await passkeyRequest(site)
  const expiresMs = clock.now().getTime() + LIFETIME_MS
  const stored: StoredChallenge = { nonce: options.challenge, expiresMs }
  return { challenge: vault.encrypt(CHALLENGE_ROW, stored).toString('base64url'), options }
}

export interface PasskeyAnswer {
  challenge: string
  response: AuthenticationResponseJSON
}

/** Who signs with a passkey: what it is for, and from where. */
export type PasskeyAttempt = Pick<ProofAttempt, 'action' | 'origin'> & PasskeyAnswer

/** Whose passkey it is; then does `work` in the tx that uses it up. @throws Problem 401 */
export async function withPasskey<T>(
  parts: PeopleParts,
  site: Site,
  { challenge, response, action, origin }: PasskeyAttempt,
  work: (tx: Tx, person: Person) => Promise<T>,
): Promise<T> {
  const { database, vault, clock } = parts
  const now = clock.now()
  const refused = (person?: Person) => refuseProof(parts, { action, by: 'passkey', person, origin })
  const asked = decryptChallenge(parts, challenge)
  if (!asked || asked.expiresMs <= now.getTime()) throw refused()
  const credential = hashCredential(response.id)
  const factor = await retry(() => findPasskey(database.db, credential))
  if (!factor) throw refused()
  const row = await retry(() => getPersonByNumber(database.db, factor.person))
  const person = toPerson(vault, row)
  const known = { stored: decryptPasskey(vault, factor), signatures: Number(factor.signatures) }
  const signatures = await verifyPasskey(site, asked.nonce, response, known)
  if (signatures === undefined) throw refused(person)
  const spent = {
    hash: createHash('sha256').update(asked.nonce).digest(),
    purpose: 'passkey' as const,
    expiresAt: new Date(asked.expiresMs),
  }
  return inTx(database.db, async (tx) => {
    if (!(await spendChallenge(tx, spent))) throw refused(person)
    if (!(await usePasskey(tx, { id: factor.id, signatures, now }))) throw refused(person)
    return work(tx, person)
  })
}

function decryptChallenge({ vault }: PeopleParts, text: string): StoredChallenge | undefined {
  try {
    return vault.decrypt<StoredChallenge>(CHALLENGE_ROW, Buffer.from(text, 'base64url'))
  } catch {
    return undefined
  }
}
