import type { Tx } from '../../kernel/database/database.ts'
import { HOUR_MS, MINUTE_MS } from '../../kernel/durations.ts'
import { insertChallenge } from './challenge-store.ts'
import type { Purpose } from './challenge-store.ts'
import { hashToken, newToken } from './one-time-token.ts'

const LIFETIME_MS: Record<Purpose, number> = {
  'set-up': HOUR_MS,
  reset: HOUR_MS,
  'second-factor': 5 * MINUTE_MS,
  passkey: 5 * MINUTE_MS,
  'enrol-passkey': 5 * MINUTE_MS,
}

/** Makes a challenge and answers its token, which is shown once. */
export async function createChallenge(
  tx: Tx,
  purpose: Purpose,
  {
    person = null,
    nonce = null,
    now,
  }: { person?: number | null; nonce?: string | null; now: Date },
): Promise<string> {
  const token = newToken()
  const expiresAt = new Date(now.getTime() + LIFETIME_MS[purpose])
  await insertChallenge(tx, { hash: hashToken(token), purpose, person, nonce, expiresAt })
  return token
}
