import { createHash } from 'node:crypto'

import { listEmailForms } from './customer-file/email-forms.ts'
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
  return hash(addressIn(email))
}

/**
 * The same for an address whose provider ignores dots or tags before the `@`: its hash, and behind it that of the
 * second form, without them. One hash where there is no second form. For `emails_sha256`, where you want people
 * found that gave another spelling of their mailbox elsewhere. Opt-in: whoever shares a mailbox under two tags
 * becomes one person by it. Throws as `hashEmail` does.
 *
 *     hashEmailForms('First.Last+shop@gmail.com') // of first.last+shop@gmail.com, firstlast@gmail.com
 */
export function hashEmailForms(email: string): string[] {
  return listEmailForms(addressIn(email)).map(hash)
}

function addressIn(email: string): string {
  if (typeof email !== 'string') throw new TypeError('The e-mail must be a string')
  const parsed = parseEmail(email)
  if ('fault' in parsed) throw new TypeError(reasons[parsed.fault])
  return parsed.address
}

function hash(address: string): string {
  return createHash('sha256').update(address, 'utf8').digest('hex')
}
