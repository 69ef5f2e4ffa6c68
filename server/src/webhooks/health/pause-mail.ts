import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { createLoop } from '../../kernel/loop.ts'
import type { Loop } from '../../kernel/loop.ts'
import { MailError } from '../../kernel/mailer.ts'
import type { Mailer, Message } from '../../kernel/mailer.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import { decryptSettings } from '../endpoints/change-endpoint.ts'
import type { EndpointSettings } from '../endpoints/endpoint.ts'
import { claimPauseMails, movePauseMail } from './pause-mail-store.ts'
import type { ClaimedPauseMail } from './pause-mail-store.ts'
import type { Directory } from '../../organizations/directory.ts'
import { DAY_MS, MINUTE_MS } from '../../kernel/durations.ts'

export interface PauseMailParts {
  database: Database
  vault: Vault
  directory: Pick<Directory, 'current'>
  clock: Clock
  log: Logger
  mailer: Mailer
}

// Longer than a mail can take. Another worker sends a dead worker's mails after it.
const LEASE_MS = MINUTE_MS
// Each mail has a connection of its own.
const MAX_AT_ONCE = 10
const FAILURE = 'Mails about paused webhooks could not be sent; they are again in a second'

/** Sends mails about webhooks that paused themselves, as they come due. */
export function createPauseMails(parts: PauseMailParts): Loop {
  const loop = createLoop({
    turn: () => sendDuePauseMails(parts),
    failure: FAILURE,
    log: parts.log,
  })
  return {
    ...loop,
    stop() {
      // Otherwise the stop would wait for a mail under way; the process that starts next sends it again.
      parts.mailer.stop()
      return loop.stop()
    },
  }
}

/** Claims, sends and records; returns how many mails were taken by the server. */
export async function sendDuePauseMails(parts: PauseMailParts): Promise<number> {
  const { database, clock } = parts
  let sent = 0
  for (;;) {
    const now = clock.now()
    const lease = { now, leaseEnd: new Date(now.getTime() + LEASE_MS), limit: MAX_AT_ONCE }
    const claimed = await inTx(database.db, (tx) => claimPauseMails(tx, lease))
    const results = await Promise.all(claimed.map((mail) => sendPauseMail(parts, mail)))
    sent += results.filter(Boolean).length
    if (claimed.length < MAX_AT_ONCE) return sent
  }
}

async function sendPauseMail(parts: PauseMailParts, mail: ClaimedPauseMail): Promise<boolean> {
  const { database, clock, mailer, log } = parts
  const message = composePauseMail(parts, mail)
  const failure = message && (await mailer.send(message).catch((error: unknown) => error))
  const dueAt = failure === undefined ? null : nextPauseMailAt(mail.paused_at, clock.now())
  if (failure !== undefined) {
    // Without the mail server's words: they like to repeat the address.
    const why = failure instanceof MailError ? { code: failure.code, status: failure.status } : {}
    const fields = { endpoint: mail.id, ...why }
    if (dueAt) log.warn(fields, 'A mail about a paused webhook was not sent; it is tried again')
    else log.error(fields, 'A mail about a paused webhook was not sent for a day; it is given up')
  }
  await inTx(database.db, (tx) => movePauseMail(tx, mail, dueAt))
  return message !== undefined && failure === undefined
}

/** Exponential backoff: waits as long again as it was tried so far, at least a minute; null after a day. */
export function nextPauseMailAt(pausedAt: Date, now: Date): Date | null {
  const tried = now.getTime() - pausedAt.getTime()
  if (tried >= DAY_MS) return null
  return new Date(Math.min(now.getTime() + Math.max(tried, MINUTE_MS), pausedAt.getTime() + DAY_MS))
}

/** Undefined where the endpoint has no address for mails. */
function composePauseMail(
  { vault, directory, log }: PauseMailParts,
  mail: ClaimedPauseMail,
): Message | undefined {
  const settings = settingsOf(vault, mail)
  if (!settings) log.error({ endpoint: mail.id }, 'The settings of a webhook cannot be read')
  if (!settings?.alert_email) return undefined
  const name = directory.current().byNumber(mail.organization)?.name ?? 'your organization'
  return {
    to: settings.alert_email,
    id: `${mail.id}.${mail.pauses}`,
    subject: `A webhook of ${name} paused itself`,
    // Of the URL its origin only: the rest can carry a secret, and mail is read by many.
    text: `The webhook ${mail.id} of ${name}, which goes to ${new URL(settings.url).origin},
paused itself at ${mail.paused_at.toISOString()}: ${sayWhy(mail)}.

Nothing is sent to it now. What happens meanwhile is collected, and goes out in order once the
webhook is resumed: POST /v1/webhooks/${mail.id}/resume
`,
  }
}

function settingsOf(vault: Vault, mail: ClaimedPauseMail): EndpointSettings | undefined {
  try {
    return decryptSettings(vault, mail)
  } catch {
    return undefined
  }
}

function sayWhy(mail: ClaimedPauseMail): string {
  if (mail.paused_reason === 'gone') return 'it answered 410, so it wants nothing any more'
  const { paused_failing: failing, paused_attempted: attempted, paused_status: status } = mail
  const last =
    status === null ? `had no answer (${mail.paused_error})` : `was answered with ${status}`
  return (
    `of ${attempted} events that it was sent in the last hour ${failing} were failing, ` +
    `and the last attempt ${last}`
  )
}
