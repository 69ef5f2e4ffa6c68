import { checkHash, HASH_MESSAGES } from '../../../client/src/customer-file/check-hash.ts'
import type { CheckedHash, HashCode } from '../../../client/src/customer-file/check-hash.ts'
import { withoutTag } from '../../../client/src/customer-file/email-forms.ts'
import { hashOf } from '../../../client/src/customer-file/hash-mistakes.ts'
import { parseEmail } from '../../../client/src/customer-file/parse-email.ts'
import { invalidField } from '../kernel/problem.ts'
import { DIGESTS } from './csv/digests.ts'
import { findWrongHash } from './csv/parse-hashes.ts'

export interface HashCheck {
  outcome: CheckedHash['outcome']
  findings: { code: HashCode; message: string }[]
  /** What the hash should be. */
  expected: string
  /** Of the address without dots and tag, as a provider that ignores both has it; null where that is the same. */
  second_form: string | null
}

// RFC 2606 and RFC 6761: domains that are nobody's.
const EXAMPLE_DOMAIN = /(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$/

/**
 * Tells which mistake the hash of an address was made with. The address has to be of an example domain, so that no
 * one's is ever sent here; what is sent is neither kept nor logged, nor in the answer. A 400 for another address.
 */
export function checkExample(email: string, sent: string): HashCheck {
  const address = parseExample(email)
  const { outcome, codes } = checkHash({ address, typed: email, sent }, DIGESTS, findJunk)
  const second = withoutTag(address, { dots: true })
  return {
    outcome,
    findings: codes.map((code) => ({ code, message: HASH_MESSAGES[code] })),
    expected: hashOf(address, DIGESTS),
    second_form: second === address || second.startsWith('@') ? null : hashOf(second, DIGESTS),
  }
}

function findJunk(hash: string): HashCode | undefined {
  const code = findWrongHash(hash)
  return code !== undefined && code in HASH_MESSAGES ? (code as HashCode) : undefined
}

function parseExample(email: string): string {
  const parsed = parseEmail(email)
  if ('address' in parsed && EXAMPLE_DOMAIN.test(parsed.address.replace(/^.*@/, ''))) {
    return parsed.address
  }
  throw invalidField(
    'email',
    'email must be one address of an example domain, such as Test.User@example.com, so that nobody’s is sent ' +
      'here; it was neither stored nor logged',
  )
}
