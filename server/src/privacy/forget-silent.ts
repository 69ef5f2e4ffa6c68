import { lockErasures } from '../customers/erasure-lock.ts'
import { listCustomers } from '../customers/customer-store.ts'
import type { SignsOfLife } from '../customers/signs-of-life.ts'
import { appendEntry } from '../journal/append-entries.ts'
import { SERVICE } from '../journal/entry.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import { DAY_MS, HOUR_MS } from '../kernel/durations.ts'
import type { Organization } from '../organizations/organization.ts'
import { eraseCustomers } from '../reports/erase-customer.ts'
import type { ReportParts } from '../reports/report-parts.ts'
import { claimRetentionRun, listSilent, scanCustomers } from './silent-customer-store.ts'

export interface ForgetParts extends ReportParts {
  signs: SignsOfLife
}

// Once a day, whichever round of chores it is that comes first.
const RUN_EVERY_MS = 23 * HOUR_MS
// Read by the key, some milliseconds each.
const SCAN = 1_000
// An erasure touches orders, clicks and events too, and calls wait for its locks meanwhile.
const ERASE = 20

/**
 * Retention: erases the customers that gave no sign of life for the organization's period, guests among them, as
 * a call would erase them: what a merchant's customer was evidence for is withdrawn. Each organization is looked
 * through once a day, in short reads and short txs, and each tx is an entry of its journal that says how many it
 * erased. Nobody is erased before signs of life were counted for the whole period.
 */
export async function forgetSilent(
  parts: ForgetParts,
  isStopping: () => boolean = () => false,
): Promise<void> {
  await parts.signs.write()
  for (const organization of parts.directory.current().organizations()) {
    const { retentionDays: days, retentionSince: countedSince } = organization
    if (days === null || countedSince === null || isStopping()) continue
    const now = parts.clock.now()
    const since = new Date(now.getTime() - days * DAY_MS)
    if (countedSince > since) continue
    const before = new Date(now.getTime() - RUN_EVERY_MS)
    const isMine = await inTx(parts.database.db, (tx) =>
      claimRetentionRun(tx, organization.number, { now, before }),
    )
    if (isMine) await forgetOf(parts, { organization, since, isStopping })
  }
}

interface Run {
  organization: Organization
  since: Date
  isStopping: () => boolean
}

async function forgetOf(parts: ForgetParts, run: Run): Promise<void> {
  const { organization, since, isStopping } = run
  for (let after: string | undefined; !isStopping();) {
    const place = { organization: organization.number, after, since }
    const scanned = await retry(() => scanCustomers(parts.database.db, place, SCAN))
    const silent = scanned.flatMap((each) => (each.is_silent ? each.id : []))
    for (let from = 0; from < silent.length && !isStopping(); from += ERASE) {
      await forget(parts, run, silent.slice(from, from + ERASE))
    }
    after = scanned.at(-1)?.id
    if (scanned.length < SCAN) return
  }
}

async function forget(parts: ForgetParts, { organization, since }: Run, keys: string[]) {
  await inTx(parts.database.db, async (tx) => {
    await lockErasures(tx, keys)
    // Looked at again: one may have given a sign since. One that does so from here on makes its row stale.
    const silent = await listSilent(tx, keys, since)
    const rows = await listCustomers(tx, silent)
    if (rows.length === 0) return
    await eraseCustomers(parts, tx, rows)
    appendEntry(tx, {
      ...{ organization: organization.number, at: parts.clock.now(), act: SERVICE },
      ...{ action: 'customer.forget', object: null },
      after: { customers: rows.length, retention_days: organization.retentionDays },
    })
  })
}
