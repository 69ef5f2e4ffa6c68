import type { Tx } from '../../kernel/database/database.ts'
import { newId } from '../../kernel/id.ts'
import type { Vault } from '../../kernel/vault.ts'
import { appendEntries } from '../../journal/append-entries.ts'
import { SERVICE } from '../../journal/entry.ts'
import type { NewEntry } from '../../journal/entry.ts'
import { appendEvents } from '../../events/append-events.ts'
import { decryptSettings } from '../endpoints/change-endpoint.ts'
import { pauseThemselves } from '../endpoints/endpoint-store.ts'
import type { SelfPause, SelfPaused } from '../endpoints/endpoint-store.ts'
import { encryptPayload } from '../../events/event-payload.ts'
import type { NewEvent } from '../../events/event.ts'
import { listFailing } from './auto-pause.ts'
import type { AttemptRow } from '../attempts/attempt-store.ts'
import type { LaneResult } from '../attempts/lane-result.ts'

/** The payload of an `endpoint-paused` event. */
export interface PausedPayload {
  endpoint_id: string
  /** Null when the endpoint's settings cannot be read. */
  url: string | null
  reason: SelfPause['reason']
  failing: number | null
  attempted: number | null
  status: number | null
  error: string | null
  paused_date: string
}

/**
 * Auto-pause: pauses the endpoints that answered 410 and those that fail too often, and appends the events
 * for the organization's other endpoints in the same tx. Returns which were paused.
 *
 * This locks lanes after endpoints, against the order of all other txs. It can only meet another worker
 * that holds such a lane, of an earlier pause, and pauses the same endpoint just now: then PostgreSQL ends
 * the deadlock, and the tx that is retried finds the endpoint paused.
 */
export async function pauseUnhealthy(
  tx: Tx,
  vault: Vault,
  results: LaneResult[],
  now: Date,
): Promise<SelfPause[]> {
  const pauses = await listPauses(tx, results, now)
  if (pauses.length === 0) return []
  const paused = await pauseThemselves(tx, pauses, now)
  const reasons = new Map(pauses.map((pause) => [pause.endpoint, pause]))
  const made = paused.flatMap((endpoint) => {
    const pause = reasons.get(endpoint.number)
    if (!pause) return []
    const entry = pausedEntry(endpoint, pause, now)
    return [{ pause, entry, event: pausedEvent(vault, endpoint, pause, now) }]
  })
  await appendEvents(
    tx,
    made.map(({ event }) => event),
  )
  appendEntries(
    tx,
    made.map(({ entry }) => entry),
  )
  return made.map(({ pause }) => pause)
}

async function listPauses(tx: Tx, results: LaneResult[], now: Date): Promise<SelfPause[]> {
  const gone = endpointsOf(results.filter((result) => result.gone))
  const failed = endpointsOf(results.filter((result) => result.attempts.some(hasFailed)))
  const mayFail = failed.filter((endpoint) => !gone.includes(endpoint))
  const failing = mayFail.length > 0 ? await listFailing(tx, mayFail, now) : []
  return [
    ...gone.map((endpoint) => ({
      ...{ endpoint, reason: 'gone' as const, failing: null, attempted: null },
      ...{ status: 410, error: null },
    })),
    ...failing.map((each) => ({
      ...each,
      reason: 'failures' as const,
      ...lastFailure(results, each.endpoint),
    })),
  ]
}

function endpointsOf(results: LaneResult[]): number[] {
  return [...new Set(results.map((result) => result.progress.endpoint))].sort((a, b) => a - b)
}

function hasFailed(attempt: AttemptRow): boolean {
  return attempt.outcome === 'failed'
}

function lastFailure(
  results: LaneResult[],
  endpoint: number,
): Pick<AttemptRow, 'status' | 'error'> {
  const failed = results.flatMap((result) => result.attempts).filter(hasFailed)
  const last = failed
    .filter((attempt) => attempt.endpoint === endpoint)
    .reduce((latest, attempt) => (attempt.at >= latest.at ? attempt : latest))
  return { status: last.status, error: last.error }
}

function pausedEntry({ organization, id }: SelfPaused, pause: SelfPause, at: Date): NewEntry {
  const { reason, failing, attempted, status } = pause
  return {
    ...{ organization, at, act: SERVICE, action: 'webhook.pause', object: id },
    after: { reason, failing, attempted, status },
  }
}

function pausedEvent(
  vault: Vault,
  endpoint: SelfPaused,
  { reason, failing, attempted, status, error }: SelfPause,
  now: Date,
): NewEvent {
  const id = newId('hook')
  const payload: PausedPayload = {
    endpoint_id: endpoint.id,
    url: urlOf(vault, endpoint),
    ...{ reason, failing, attempted, status, error },
    paused_date: now.toISOString(),
  }
  return {
    id,
    subject: endpoint.subject,
    sequence: endpoint.pauses,
    at: now,
    organization: endpoint.organization,
    type: 'endpoint-paused',
    ...{ merchant: null, previous: null, current: null, cause: null, period: null },
    // A URL can carry a secret.
    blob: encryptPayload(vault, id, payload),
  }
}

function urlOf(vault: Vault, endpoint: SelfPaused): string | null {
  try {
    return decryptSettings(vault, endpoint).url
  } catch {
    // An endpoint with such settings fails at every attempt; pausing it must not fail as well.
    return null
  }
}
