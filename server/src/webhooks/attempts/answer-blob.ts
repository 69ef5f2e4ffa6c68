import type { Vault } from '../../kernel/vault.ts'
import type { AttemptRow } from './attempt-store.ts'

/** The name under which an attempt's blob is encrypted: events of one request share it. */
function blobRow(id: string): string {
  return `attempts/${id}`
}

/** How an answer begins, for the `blob` of its attempts. It may name people. */
export function encryptAnswer(vault: Vault, id: string, answer: Uint8Array | null): Buffer | null {
  return answer && answer.length > 0 ? vault.encryptBytes(blobRow(id), answer) : null
}

// People read the answer, at a terminal too: so no characters that move the cursor or reverse text, except
// for line feeds and tabs.
const UNSEEN = /[^\P{Cc}\t\n]|\p{Cf}|\p{Zl}|\p{Zp}/gu

/** How the receiver's answer begins, as text. Bytes that are no UTF-8 become U+FFFD. */
export function decryptAnswer(
  vault: Vault,
  { id, blob }: Pick<AttemptRow, 'id' | 'blob'>,
): string | null {
  if (!blob) return null
  const text = vault.decryptBytes(blobRow(id), blob).toString('utf8')
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(UNSEEN, '\uFFFD')
}
