import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import type { Organization, OrganizationChange, Role, Segment } from './organization.ts'
import { toOrganization } from './snapshot-store.ts'
import type { OrganizationRow } from './snapshot-store.ts'

export interface NewOrganization {
  id: string
  role: Role
  name: string
  createdAt: Date
}

/** Does nothing when the id is there already, so that a lost answer to COMMIT does no harm. */
export async function insertOrganization(tx: Tx, created: NewOrganization): Promise<void> {
  await sql`
    insert into organizations (id, role, name, created_at)
    values (${created.id}, ${created.role}, ${created.name}, ${created.createdAt.toISOString()})
    on conflict (id) do nothing`.execute(tx)
}

export async function insertSegment(tx: Tx, merchant: string, segment: Segment): Promise<void> {
  await sql`
    insert into segments (id, merchant, name)
    select ${segment.id}, number, ${segment.name} from organizations where id = ${merchant}
    on conflict (merchant, name) do nothing`.execute(tx)
}

export async function findOrganization(db: Db, id: string): Promise<Organization | undefined> {
  const { rows } = await sql<OrganizationRow>`
    select id, number, role, name, segments_on_at, period, finalization_days,
      verdict_policy, evidence_policy, answers_publishers, operator_may_look, requests_per_minute, retention_days,
      retention_since, profile, created_at
    from organizations where id = ${id}`.execute(db)
  return rows[0] && toOrganization(rows[0])
}

/** Writes what the change names and leaves the rest. */
export async function updateOrganization(
  tx: Tx,
  id: string,
  change: OrganizationChange,
  now: Date,
): Promise<void> {
  const { name, finalizationDays, verdictPolicy, evidencePolicy } = change
  const { answersPublishers, operatorMayLook, requestsPerMinute, retentionDays, profile } = change
  await sql`
    update organizations set
      name = coalesce(${name ?? null}::text, name),
      finalization_days = coalesce(${finalizationDays ?? null}::integer, finalization_days),
      verdict_policy = coalesce(${verdictPolicy ?? null}::text, verdict_policy),
      evidence_policy = coalesce(${evidencePolicy ?? null}::text, evidence_policy),
      answers_publishers = coalesce(${answersPublishers ?? null}::boolean, answers_publishers),
      operator_may_look = coalesce(${operatorMayLook ?? null}::boolean, operator_may_look),
      requests_per_minute = coalesce(${requestsPerMinute ?? null}::integer, requests_per_minute),
      ${setRetention(retentionDays, now)}
      profile = profile || ${JSON.stringify(profile ?? {})}::jsonb
    where id = ${id}`.execute(tx)
}

/** A period that takes the place of another goes on counting the signs of life of before. */
function setRetention(days: number | null | undefined, now: Date) {
  if (days === undefined) return sql``
  if (days === null) return sql`retention_days = null, retention_since = null,`
  return sql`retention_days = ${days}::integer,
    retention_since = coalesce(retention_since, ${now}::timestamptz),`
}

/** Begins a new period; nothing happens while segments are on. */
export async function switchSegmentsOn(tx: Tx, id: string, now: Date): Promise<void> {
  await sql`
    update organizations set segments_on_at = ${now.toISOString()}, period = period + 1
    where id = ${id} and segments_on_at is null`.execute(tx)
}

export async function switchSegmentsOff(tx: Tx, id: string): Promise<void> {
  await sql`
    update organizations set segments_on_at = null
    where id = ${id} and segments_on_at is not null`.execute(tx)
}

/** The public ids of the organizations with these numbers, sorted. */
export async function listOrganizationIds(db: Db, numbers: readonly number[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from organizations where number = any(${numbers}::integer[]) order by id`.execute(db)
  return rows.map(({ id }) => id)
}
