import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'

/** What somebody may do once, who holds a token. */
export type Purpose = 'set-up' | 'reset' | 'second-factor' | 'passkey' | 'enrol-passkey'

export interface Challenge {
  hash: Buffer
  purpose: Purpose
  /** The person it is for; null where that shows only by its use. */
  person: number | null
  /** What a passkey has to sign. */
  nonce: string | null
}

export async function insertChallenge(
  tx: Tx,
  { hash, purpose, person, nonce, expiresAt }: Challenge & { expiresAt: Date },
): Promise<void> {
  await sql`
    insert into challenges (hash, purpose, person, nonce, expires_at)
    values (${hash}, ${purpose}, ${person}, ${nonce}, ${expiresAt.toISOString()})`.execute(tx)
}

interface Wanted {
  hash: Buffer
  purpose: Purpose
  now: Date
}

export async function findChallenge(
  db: Db,
  { hash, purpose, now }: Wanted,
): Promise<Challenge | undefined> {
  const { rows } = await sql<Challenge>`
    select hash, purpose, person, nonce from challenges
    where hash = ${hash} and purpose = ${purpose} and expires_at > ${now.toISOString()}`.execute(db)
  return rows[0]
}

/**
 * Takes the challenge, which is there no more: of those who use it at once one gets it. Where the answer to a
 * COMMIT is lost it is used although nobody was told, which is the safe side.
 */
export async function takeChallenge(
  tx: Tx,
  { hash, purpose, now }: Wanted,
): Promise<Challenge | undefined> {
  const { rows } = await sql<Challenge>`
    delete from challenges
    where hash = ${hash} and purpose = ${purpose} and expires_at > ${now.toISOString()}
    returning hash, purpose, person, nonce`.execute(tx)
  return rows[0]
}

/** False where it was spent before: of what is not kept until its use, this remembers that it was used. */
export async function spendChallenge(
  tx: Tx,
  { hash, purpose, expiresAt }: Pick<Challenge, 'hash' | 'purpose'> & { expiresAt: Date },
): Promise<boolean> {
  const { rows } = await sql`
    insert into challenges (hash, purpose, expires_at)
    values (${hash}, ${purpose}, ${expiresAt.toISOString()})
    on conflict (hash) do nothing returning 1`.execute(tx)
  return rows.length > 0
}

/** Counts a try before it is known how it ends; undefined where there were as many as there may be. */
export async function countTry(
  tx: Tx,
  { hash, purpose, now }: Wanted,
  maxTries: number,
): Promise<Challenge | undefined> {
  const { rows } = await sql<Challenge>`
    update challenges set tries = tries + 1
    where hash = ${hash} and purpose = ${purpose} and expires_at > ${now.toISOString()}
      and tries < ${maxTries}
    returning hash, purpose, person, nonce`.execute(tx)
  return rows[0]
}

/** Links and sign-ins under way of the person end. */
export async function deleteChallenges(tx: Tx, person: number): Promise<void> {
  await sql`delete from challenges where person = ${person}`.execute(tx)
}

export async function deleteExpiredChallenges(tx: Tx, now: Date): Promise<void> {
  await sql`delete from challenges where expires_at <= ${now.toISOString()}`.execute(tx)
}
