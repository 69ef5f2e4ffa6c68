import { createHash } from 'node:crypto'

import { parseEmail } from './customer-file/parse-email.ts'
import type { EmailFault } from './customer-file/parse-email.ts'

const reasons: Record<EmailFault, string> = {
  empty: 'The e-mail is empty',
  hashed: 'The e-mail is already hashed: pass SHA-256 hashes on as they are',
  'no-at-sign': 'The e-mail contains no @',
  half: 'The e-mail lacks a part beside its @',
  'not-one': 'The e-mail must be one address and no more',
  malformed: 'The e-mail holds something that no address holds',
}

/**
 * The form in which this API takes an e-mail: SHA-256 of it, trimmed and lower-cased, as 64
 * lower-case hex digits. What surely does not belong to it goes before: all Unicode white space and
 * what shows nothing (soft hyphens, zero-width blanks), quotes and brackets around it, `mailto:`, a
 * name before `<…>`, a dot behind. Letters are taken in Unicode's form C.
 *
 * Throws TypeError for what is not one e-mail address, and for what is a hash already: hashed twice
 * it would look right and match nobody. The message never contains the value.
 *
 *     hashEmail(' User@Example.com ') // 'b4c9a289…475514'
 */
export function hashEmail(email: string): string {
  if (typeof email !== 'string') throw new TypeError('The e-mail must be a string')
  const parsed = parseEmail(email)
  if ('fault' in parsed) throw new TypeError(reasons[parsed.fault])
  return createHash('sha256').update(parsed.address, 'utf8').digest('hex')
}
