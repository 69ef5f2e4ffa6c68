import { newId } from '../kernel/id.ts'
import { MailError } from '../kernel/mailer.ts'
import type { Mailer } from '../kernel/mailer.ts'
import { retry } from '../kernel/database/transaction.ts'
import type { PeopleParts } from './people-parts.ts'
import { getPersonByNumber } from './people/person-store.ts'
import { decryptProfile } from './people/person.ts'

const CHANGES = {
  password: 'Your password was changed.',
  'factor added': 'A second factor was added to your account.',
  'factor removed': 'A second factor was removed from your account.',
  'recovery codes': 'New recovery codes were made; those before are good for nothing.',
  'factors cleared': 'An operator has taken all second factors from your account.',
} as const

/** What somebody proves who they are by, and that is another now. */
export type ProofChange = keyof typeof CHANGES

/**
 * Tells somebody, where mail is sent, that what they prove who they are by has changed: whoever did it, they should
 * know. Not waited for, since the change holds whatever becomes of the mail; without a link, which anybody could copy.
 */
export function tellOfChange(parts: PeopleParts, person: number, change: ProofChange): void {
  const { mailer, log } = parts
  if (!mailer) return
  send(parts, mailer, person, change).catch((error: unknown) => {
    // Without the mail server's words: they like to repeat the address.
    const why = error instanceof MailError ? { code: error.code, status: error.status } : {}
    log.warn(why, 'A mail about a change of an account was not sent.')
  })
}

async function send(
  { database, vault }: PeopleParts,
  mailer: Mailer,
  person: number,
  change: ProofChange,
): Promise<void> {
  const row = await retry(() => getPersonByNumber(database.db, person))
  const text = `${CHANGES[change]}

If it was you, there is nothing to do. If it was not, choose another password at once, end your other sessions,
and tell the operator of this service.
`
  const subject = CHANGES[change].slice(0, -1)
  await mailer.send({ to: decryptProfile(vault, row).email, id: newId('req'), subject, text })
}
