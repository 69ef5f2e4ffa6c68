import { randomBytes } from 'node:crypto'
import type { Vault } from '../../kernel/vault.ts'
import { toUuid } from '../../kernel/key.ts'

const CODES = 10
// 80 bits: 16 letters and digits.
const CODE_BYTES = 10
// Without i, l, o and u, which are misread (Crockford's base 32).
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** New codes, in four groups of four. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: CODES }, () => {
    const bits = BigInt(`0x${randomBytes(CODE_BYTES).toString('hex')}`)
    const characters = Array.from({ length: 16 }, (_, at) =>
      ALPHABET.charAt(Number((bits >> BigInt(at * 5)) & 31n)),
    )
    return characters.join('').replace(/.{4}(?!$)/g, '$&-')
  })
}

/** All that is kept of a code, however it is written; of each person another one. */
export function sealRecoveryCode(vault: Vault, personId: string, code: string): string {
  const written = code
    .toLowerCase()
    .replace(/[\s-]/g, '')
    .replace(/[il]/g, '1')
    .replaceAll('o', '0')
  return toUuid(vault.seal('recovery-code', personId, written))
}
