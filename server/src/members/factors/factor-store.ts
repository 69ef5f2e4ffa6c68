import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { idPattern } from '../../kernel/id.ts'

const FACTOR_ID = idPattern('factor')

export type FactorKind = 'totp' | 'passkey'

export interface FactorRow {
  id: string
  person: number
  kind: FactorKind
  blob: Uint8Array
  signatures: string | null
  created_at: Date
  confirmed_at: Date | null
  used_at: Date | null
}

const columns = sql`id, person, kind, blob, signatures, created_at, confirmed_at, used_at`

export interface NewFactor {
  id: string
  person: number
  kind: FactorKind
  blob: Buffer
  credential: Buffer | null
  signatures: number | null
  isConfirmed: boolean
  now: Date
}

/** False where the passkey is somebody's already. */
export async function insertFactor(tx: Tx, factor: NewFactor): Promise<boolean> {
  const now = factor.now.toISOString()
  const { rows } = await sql`
    insert into factors (id, person, kind, blob, credential, signatures, created_at, confirmed_at)
    values (${factor.id}, ${factor.person}, ${factor.kind}, ${factor.blob}, ${factor.credential},
      ${factor.signatures}, ${now}, ${factor.isConfirmed ? now : null})
    on conflict (credential) do nothing returning 1`.execute(tx)
  return rows.length > 0
}

/** The factors that count, the first one first. */
export async function listFactors(db: Db, person: number): Promise<FactorRow[]> {
  const { rows } = await sql<FactorRow>`
    select ${columns} from factors
    where person = ${person} and confirmed_at is not null
    order by created_at, kind desc, id`.execute(db)
  return rows
}

/** The person's TOTP that waits to be confirmed. */
export async function findUnconfirmed(db: Db, person: number): Promise<FactorRow | undefined> {
  const { rows } = await sql<FactorRow>`
    select ${columns} from factors
    where person = ${person} and kind = 'totp' and confirmed_at is null
    order by created_at desc, id limit 1`.execute(db)
  return rows[0]
}

export async function findPasskey(db: Db, credential: Buffer): Promise<FactorRow | undefined> {
  const { rows } = await sql<FactorRow>`
    select ${columns} from factors where credential = ${credential}`.execute(db)
  return rows[0]
}

/** Those that wait to be confirmed go; of them a person needs the last one. */
export async function deleteUnconfirmed(tx: Tx, person: number): Promise<void> {
  await sql`
    delete from factors where person = ${person} and confirmed_at is null`.execute(tx)
}

/** It takes the place of the TOTP before it. */
export async function confirmTotp(
  tx: Tx,
  { id, person, step, now }: { id: string; person: number; step: number; now: Date },
): Promise<boolean> {
  await sql`
    delete from factors
    where person = ${person} and kind = 'totp' and confirmed_at is not null`.execute(tx)
  const { rows } = await sql`
    update factors set confirmed_at = ${now.toISOString()}, last_step = ${step}
    where id = ${id} and person = ${person} and confirmed_at is null returning 1`.execute(tx)
  return rows.length > 0
}

/** Uses a time step. False where it, or a later one, was used: of those who bring a code at once one is let in. */
export async function takeStep(
  tx: Tx,
  { id, step, now }: { id: string; step: number; now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update factors set last_step = ${step}, used_at = ${now.toISOString()}
    where id = ${id} and (last_step is null or last_step < ${step}) returning 1`.execute(tx)
  return rows.length > 0
}

/** Stores how often the passkey says that it has signed, which only grows where it counts at all. */
export async function usePasskey(
  tx: Tx,
  { id, signatures, now }: { id: string; signatures: number; now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update factors set signatures = ${signatures}, used_at = ${now.toISOString()}
    where id = ${id} and (${signatures}::bigint = 0 or signatures < ${signatures}) returning 1`.execute(
    tx,
  )
  return rows.length > 0
}

export async function deleteFactor(tx: Tx, person: number, id: string): Promise<boolean> {
  if (!FACTOR_ID.test(id)) return false
  const { rows } = await sql`
    delete from factors where person = ${person} and id = ${id} returning 1`.execute(tx)
  return rows.length > 0
}

export async function deleteFactors(tx: Tx, person: number): Promise<void> {
  await sql`delete from factors where person = ${person}`.execute(tx)
}
