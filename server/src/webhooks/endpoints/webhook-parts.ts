import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import type { Mailer } from '../../kernel/mailer.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Notifier } from '../../events/notifier.ts'
import type { Directory } from '../../organizations/directory.ts'
import type { Subjects } from '../attempts/subject.ts'
import type { TargetRule } from '../transport/target-rule.ts'

/** What the routes of webhooks need. */
export interface WebhookParts {
  database: Database
  vault: Vault
  clock: Clock
  /** Notified when something became due. */
  notifier: Notifier
  subjects: Subjects
  directory: Directory
  targetRule: TargetRule
  /** Undefined where the server is not set up to send mail. */
  mailer?: Mailer | undefined
}
