import { findLastRun } from '../audit/verification-store.ts'
import { sumDrift } from '../audit/verify.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Mode } from '../kernel/config.ts'
import type { Database } from '../kernel/database/database.ts'
import { retry } from '../kernel/database/transaction.ts'
import { idOfKey } from '../kernel/key.ts'
import type { Mailer } from '../kernel/mailer.ts'
import { VERSION } from './version.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Directory } from '../organizations/directory.ts'
import { decryptSettings } from '../webhooks/endpoints/change-endpoint.ts'
import {
  boundReads,
  countEndpointStates,
  listBacklogs,
  listEndpointOwners,
} from '../webhooks/health/backlog-store.ts'
import {
  countPeople,
  countLargeTables,
  findDatabaseSize,
  findMigrations,
  listUnendedImports,
  sumLastHour,
} from './overview-store.ts'

// More would be no overview; the metrics name fifty.
const MAX_BACKLOGS = 20

export interface OverviewParts {
  database: Database
  vault: Vault
  clock: Clock
  directory: Directory
  mailer?: Mailer | undefined
  mode?: Mode
  /** Of the calls that this process has answered. */
  callCounts(): { since: Date; answered: number; failed: number }
}

/** Whether all is well, as it is answered. */
export async function readOverview(parts: OverviewParts) {
  const { database, clock, directory, mailer, mode = 'production' } = parts
  const { db } = database
  const now = clock.now()
  const organizations = directory.current().organizations()
  const countOf = (role: string) => organizations.filter((each) => each.role === role).length
  const last = await retry(() => findLastRun(db, now))
  const { since, ...calls } = parts.callCounts()
  return {
    version: VERSION,
    mode,
    sends_mail: mailer !== undefined,
    migrations: await retry(() => findMigrations(db)),
    database: { kind: database.kind, size_bytes: await retry(() => findDatabaseSize(db)) },
    counts: {
      publishers: countOf('publisher'),
      merchants: countOf('merchant'),
      people: await retry(() => countPeople(db)),
      webhooks: await retry(() => countEndpointStates(db)),
      ...(await retry(() => countLargeTables(db))),
    },
    backlogs: await retry(() => readWorstBacklogs(parts, now)),
    imports: await readImports(parts),
    calls: { since_date: since.toISOString(), ...calls },
    deliveries: await retry(() => sumLastHour(db, now)),
    last_verification: last
      ? {
          id: last.id,
          state: last.state,
          drift: sumDrift(last.results),
          started_date: last.started_at.toISOString(),
          ended_date: last.ended_at?.toISOString() ?? null,
        }
      : null,
  }
}

async function readImports({ database, directory }: OverviewParts) {
  const found = await retry(() => listUnendedImports(database.db))
  return found.map(({ key, organization, state, total_rows, rows, created_at }) => ({
    id: idOfKey('import', key),
    organization: directory.current().byNumber(organization)?.id ?? '',
    ...{ state, total_rows, rows, created_date: created_at.toISOString() },
  }))
}

/** By how much waits there, with no more of each URL than where it leads. */
async function readWorstBacklogs({ database, vault, directory }: OverviewParts, now: Date) {
  return database.db.transaction().execute(async (tx) => {
    await boundReads(tx)
    const backlogs = await listBacklogs(tx)
    const worst = backlogs.toSorted((left, right) => right.lanes - left.lanes)
    const shown = worst.slice(0, MAX_BACKLOGS)
    const owners = await listEndpointOwners(
      tx,
      shown.map(({ id }) => id),
    )
    return shown.flatMap((backlog) => {
      const owner = owners.find(({ id }) => id === backlog.id)
      if (!owner) return []
      return {
        webhook: backlog.id,
        organization: directory.current().byNumber(owner.organization)?.id ?? '',
        origin: new URL(decryptSettings(vault, owner).url).origin,
        state: backlog.is_paused ? ('paused' as const) : ('enabled' as const),
        lanes: backlog.lanes,
        oldest_seconds: Math.max(
          0,
          Math.round((now.getTime() - backlog.oldest_at.getTime()) / 1000),
        ),
      }
    })
  })
}
