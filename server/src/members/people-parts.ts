import type { Clock } from '../kernel/clock.ts'
import type { Mode } from '../kernel/config.ts'
import type { Database } from '../kernel/database/database.ts'
import type { Logger } from '../kernel/log.ts'
import type { Mailer } from '../kernel/mailer.ts'
import { Problem } from '../kernel/problem.ts'
import type { Vault } from '../kernel/vault.ts'
import type { RefusalWriter } from '../journal/write-refusals.ts'
import type { Directory } from '../organizations/directory.ts'
import type { PasswordHashes } from './people/hash-password.ts'
import type { SignInThrottle } from './sign-in-throttle.ts'

/** What everything that people do stands on. */
export interface PeopleParts {
  database: Database
  vault: Vault
  clock: Clock
  log: Logger
  directory: Directory
  /** Undefined where no mail is sent: links are shown to the person who asked for them. */
  mailer?: Mailer | undefined
  /** In production everybody needs a second factor. */
  mode: Mode
  passwords: PasswordHashes
  throttle: SignInThrottle
  refusals: RefusalWriter
}

/** The one answer to whatever is wrong with a sign-in: it tells nobody which addresses there are. */
export function signInFailed(): Problem {
  return new Problem(
    401,
    'SignInFailed',
    'That is not right. Try again, or have your password reset.',
  )
}

/** A link that is used up, expired, or never was. */
export function deadLink(): Problem {
  return new Problem(404, 'NotFound', 'This link is not good any more. Ask for another one.')
}
