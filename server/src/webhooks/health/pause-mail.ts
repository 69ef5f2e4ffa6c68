import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { createLoop } from '../../kernel/loop.ts'
import type { Loop } from '../../kernel/loop.ts'
import { MailError } from '../../kernel/mailer.ts'
import type { Mailer, Message } from '../../kernel/mailer.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import { readSettings } from '../endpoints/change-endpoint.ts'
import type { EndpointSettings } from '../endpoints/endpoint.ts'
import { claimAlerts, moveAlert } from './pause-mail-store.ts'
import type { ClaimedAlert } from './pause-mail-store.ts'
import type { Directory } from '../../organizations/directory.ts'

export interface AlertParts {
  database: Database
  vault: Vault
  directory: Pick<Directory, 'current'>
  clock: Clock
  log: Logger
  mailer: Mailer
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
// Longer than a mail can take; a dead worker's are sent by another after it.
const LEASE_MS = 60_000
// Each has a connection of its own, at once.
const MAX_AT_ONCE = 10
const FAILURE = 'Mails about paused webhooks could not be sent; they are again in a second'

/** Sends mails about webhooks that paused themselves, as they come due. */
export function createAlerts(parts: AlertParts): Loop {
  const loop = createLoop({ turn: () => sendDueAlerts(parts), failure: FAILURE, log: parts.log })
  return {
    ...loop,
    stop() {
      // A mail under way would be waited for; it is sent again by whoever starts next.
      parts.mailer.stop()
      return loop.stop()
    },
  }
}

/** Claims, sends and records; returns how many mails were taken by the server. */
export async function sendDueAlerts(parts: AlertParts): Promise<number> {
  const { database, clock } = parts
  let sent = 0
  for (;;) {
    const now = clock.now()
    const lease = { now, leaseEnd: new Date(now.getTime() + LEASE_MS), limit: MAX_AT_ONCE }
    const claimed = await inTx(database.db, (tx) => claimAlerts(tx, lease))
    const results = await Promise.all(claimed.map((alert) => sendAlert(parts, alert)))
    sent += results.filter(Boolean).length
    if (claimed.length < MAX_AT_ONCE) return sent
  }
}

async function sendAlert(parts: AlertParts, alert: ClaimedAlert): Promise<boolean> {
  const { database, clock, mailer, log } = parts
  const message = composeAlert(parts, alert)
  const failure = message && (await mailer.send(message).catch((error: unknown) => error))
  const dueAt = failure === undefined ? null : nextAlertAt(alert.paused_at, clock.now())
  if (failure !== undefined) {
    // What the mail server said is left out: it likes to repeat the address.
    const why = failure instanceof MailError ? { code: failure.code, status: failure.status } : {}
    const fields = { endpoint: alert.id, ...why }
    if (dueAt) log.warn(fields, 'A mail about a paused webhook was not sent; it is tried again')
    else log.error(fields, 'A mail about a paused webhook was not sent for a day; it is given up')
  }
  await inTx(database.db, (tx) => moveAlert(tx, alert, dueAt))
  return message !== undefined && failure === undefined
}

/** As long again as it was tried so far, but for the first minute; null after a day. */
export function nextAlertAt(pausedAt: Date, now: Date): Date | null {
  const tried = now.getTime() - pausedAt.getTime()
  if (tried >= DAY_MS) return null
  return new Date(Math.min(now.getTime() + Math.max(tried, MINUTE_MS), pausedAt.getTime() + DAY_MS))
}

/** Undefined where nobody is to be told. */
function composeAlert(
  { vault, directory, log }: AlertParts,
  alert: ClaimedAlert,
): Message | undefined {
  const settings = settingsOf(vault, alert)
  if (!settings) log.error({ endpoint: alert.id }, 'The settings of a webhook cannot be read')
  if (!settings?.alert_email) return undefined
  const name = directory.current().byNumber(alert.organization)?.name ?? 'your organization'
  return {
    to: settings.alert_email,
    id: `${alert.id}.${alert.pauses}`,
    subject: `A webhook of ${name} paused itself`,
    // Of the URL its origin only: the rest can carry a secret, and mail is read by many.
    text: `The webhook ${alert.id} of ${name}, which goes to ${new URL(settings.url).origin},
paused itself at ${alert.paused_at.toISOString()}: ${sayWhy(alert)}.

Nothing is sent to it now. What happens meanwhile is collected, and goes out in order once the
webhook is resumed: POST /v1/webhooks/${alert.id}/resume
`,
  }
}

function settingsOf(vault: Vault, alert: ClaimedAlert): EndpointSettings | undefined {
  try {
    return readSettings(vault, alert)
  } catch {
    return undefined
  }
}

function sayWhy(alert: ClaimedAlert): string {
  if (alert.paused_reason === 'gone') return 'it answered 410, so it wants nothing any more'
  const { paused_failing: failing, paused_attempted: attempted, paused_status: status } = alert
  const last =
    status === null ? `had no answer (${alert.paused_error})` : `was answered with ${status}`
  return (
    `of ${attempted} events that it was sent in the last hour ${failing} were failing, ` +
    `and the last attempt ${last}`
  )
}
