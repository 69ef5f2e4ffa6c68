import { Secret, TOTP } from 'otpauth'
import type { Vault } from '../../kernel/vault.ts'
import type { FactorRow } from './factor-store.ts'

// RFC 6238 as every program for it knows it.
const PERIOD_SECONDS = 30
const DIGITS = 6
const SECRET_BYTES = 20
// A step before and a step after: clocks differ, and typing takes its time.
const WINDOW = 1
const CODE = /^\d{6}$/

/** What is encrypted of a TOTP. */
interface StoredTotp {
  name: string
  secret: string
}

export const factorBlobRow = (id: string): string => `factors.blob ${id}`

export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32
}

export function encryptTotp(vault: Vault, id: string, stored: StoredTotp): Buffer {
  return vault.encrypt(factorBlobRow(id), stored)
}

function createTotp(secret: string, label: string): TOTP {
  return new TOTP({
    issuer: 'Newcomer',
    label,
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_SECONDS,
    secret: Secret.fromBase32(secret),
  })
}

/** What a program for one-time codes scans, `otpauth://…`. */
export function totpUrl(secret: string, email: string): string {
  return createTotp(secret, email).toString()
}

/** The time step whose code it is; undefined where it is none, or too old or too new. */
export function stepOfCode(
  vault: Vault,
  factor: Pick<FactorRow, 'id' | 'blob'>,
  code: string,
  now: Date,
): number | undefined {
  const token = code.replace(/\s/g, '')
  if (!CODE.test(token)) return undefined
  const { secret } = vault.decrypt<StoredTotp>(factorBlobRow(factor.id), factor.blob)
  const timestamp = now.getTime()
  const delta = createTotp(secret, '').validate({ token, timestamp, window: WINDOW })
  return delta === null ? undefined : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta
}
