import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { EMPTY_PROFILE } from './organization.ts'
import type {
  EvidencePolicy,
  Organization,
  Partnership,
  Profile,
  Role,
  SegmentName,
  VerdictPolicy,
} from './organization.ts'
import type { SnapshotRows } from './snapshot.ts'

export const DIRECTORY_CHANNEL = 'newcomer_directory'

export interface OrganizationRow {
  id: string
  number: number
  role: Role
  name: string
  segments_on_at: Date | null
  period: number
  finalization_days: number
  verdict_policy: VerdictPolicy
  evidence_policy: EvidencePolicy
  answers_publishers: boolean
  operator_may_look: boolean
  requests_per_minute: number
  retention_days: number | null
  retention_since: Date | null
  profile: Partial<Profile>
  created_at: Date
}

export function toOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id,
    number: row.number,
    role: row.role,
    name: row.name,
    segmentsOnAt: row.segments_on_at,
    period: row.period,
    finalizationDays: row.finalization_days,
    verdictPolicy: row.verdict_policy,
    evidencePolicy: row.evidence_policy,
    answersPublishers: row.answers_publishers,
    operatorMayLook: row.operator_may_look,
    requestsPerMinute: row.requests_per_minute,
    retentionDays: row.retention_days,
    retentionSince: row.retention_since,
    profile: { ...EMPTY_PROFILE, ...row.profile },
    createdAt: row.created_at,
  }
}

/** One cheap read: the version of what a snapshot would hold now. */
export async function getDirectoryVersion(db: Db): Promise<number> {
  const { rows } = await sql<{ version: number }>`select version from directory_versions`.execute(
    db,
  )
  return rows[0]?.version ?? 0
}

/** Says that a snapshot is old now. Also the lock that puts all writers of these tables in a row. */
export async function bumpVersion(tx: Tx): Promise<void> {
  await sql`update directory_versions set version = version + 1`.execute(tx)
  await sql`select pg_notify(${DIRECTORY_CHANNEL}, '')`.execute(tx)
}

/** Everything, as of one moment. */
export async function getDirectoryRows(db: Db): Promise<SnapshotRows> {
  const reading = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
  return reading.execute(async (tx) => ({
    version: await getDirectoryVersion(tx),
    organizations: await listOrganizations(tx),
    segments: await listSegments(tx),
    partnerships: await listPartnerships(tx),
    keys: await listKeyHashes(tx),
  }))
}

async function listOrganizations(db: Db): Promise<Organization[]> {
  const { rows } = await sql<OrganizationRow>`
    select * from organizations order by number`.execute(db)
  return rows.map(toOrganization)
}

async function listSegments(db: Db): Promise<SnapshotRows['segments']> {
  const { rows } = await sql<{ id: string; merchant: number; name: SegmentName }>`
    select id, merchant, name from segments order by merchant, name`.execute(db)
  return rows
}

async function listPartnerships(db: Db): Promise<SnapshotRows['partnerships']> {
  const { rows } = await sql<Partnership & { publisher: number; merchant: number }>`
    select publisher, merchant, status, period, attribution_days as "attributionDays",
      modified_at as "modifiedAt", declined_at as "declinedAt"
    from partnerships order by publisher, merchant`.execute(db)
  return rows
}

async function listKeyHashes(db: Db): Promise<SnapshotRows['keys']> {
  const { rows } = await sql<SnapshotRows['keys'][number]>`
    select id, encode(hash, 'hex') as hash, organization, expires_at from api_keys
    where revoked_at is null order by id`.execute(db)
  return rows
}
