import { DEFAULT_BATCH_BYTES } from './batch-bound.ts'
import type { Tx } from '../../kernel/database/database.ts'
import { idPattern, newId } from '../../kernel/id.ts'
import { conflict, notFound } from '../../kernel/problem.ts'
import type { Vault } from '../../kernel/vault.ts'
import { actorText } from '../../journal/entry.ts'
import type { Act } from '../../journal/entry.ts'
import type { Organization } from '../../organizations/organization.ts'
import { newSecret, rotateSecrets } from './endpoint.ts'
import type { Endpoint, EndpointSettings, Pause } from './endpoint.ts'
import {
  countEndpoints,
  deleteEndpoint,
  findEndpoint,
  insertEndpoint,
  lockEndpoint,
  lockForAdding,
  pauseByHand,
  resumeEndpoint,
  updateEndpoint,
} from './endpoint-store.ts'
import type { StoredEndpoint } from './endpoint-store.ts'
import { checkUrl } from './endpoint-url.ts'
import { endpointFields, journalChange, journalEndpoint } from './journal-endpoint.ts'
import type { Cause, SubscribableType } from '../../events/event.ts'
import { deleteLanes } from '../../events/lane-store.ts'
import { deleteReplays } from '../../events/replay-store.ts'
import { resubscribe } from '../../events/subscription.ts'
import {
  deleteSubscriptions,
  insertSubscriptions,
  listSubscriptions,
} from '../../events/subscription-store.ts'
import type { TargetRule } from '../transport/target-rule.ts'

/** Webhooks of an organization. Each event is sent to each of them. */
export const MAX_ENDPOINTS = 20

const ENDPOINT_ID = idPattern('endpoint')

/** The context of every change of an endpoint. */
export interface EndpointChange {
  vault: Vault
  organization: Organization
  act: Act
  now: Date
}

/** The context of a change that may set the URL. */
export interface TargetChange extends EndpointChange {
  targetRule: TargetRule
}

/** What a caller can set of an endpoint; absent members stay as they are. */
export interface EndpointFields {
  url?: string
  event_types?: SubscribableType[]
  description?: string | null
  batch_size?: number
  /** The merchants' numbers; null: all. */
  merchants?: number[] | null
  causes?: Cause[] | null
  alert_email?: string | null
  max_batch_bytes?: number
}

/** The defaults of a new endpoint. */
export const newEndpointFields = {
  description: null,
  batch_size: 1,
  merchants: null,
  causes: null,
  alert_email: null,
  max_batch_bytes: DEFAULT_BATCH_BYTES,
} satisfies EndpointFields

/** The name under which an endpoint's blob is encrypted. */
export function blobRow(id: string): string {
  return `endpoints/${id}`
}

export function toEndpoint(vault: Vault, row: StoredEndpoint): Endpoint {
  return {
    ...decryptSettings(vault, row),
    id: row.id,
    number: row.number,
    eventTypes: row.event_types,
    merchants: row.merchants,
    causes: row.causes,
    batchSize: row.batch_size,
    pause: toPause(row),
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
  }
}

/** The one way to decrypt an endpoint's settings. What was not there yet when one was stored is the default. */
export function decryptSettings(
  vault: Vault,
  { id, blob }: Pick<StoredEndpoint, 'id' | 'blob'>,
): EndpointSettings {
  const { alert_email, max_batch_bytes } = newEndpointFields
  return { alert_email, max_batch_bytes, ...vault.decrypt<StoredSettings>(blobRow(id), blob) }
}

type Added = 'alert_email' | 'max_batch_bytes'
type StoredSettings = Omit<EndpointSettings, Added> & Partial<EndpointSettings>

function toPause(row: StoredEndpoint): Pause | null {
  if (row.paused_at === null || row.paused_reason === null) return null
  return {
    reason: row.paused_reason,
    at: row.paused_at,
    by: row.paused_by_name,
    failing: row.paused_failing,
    attempted: row.paused_attempted,
    status: row.paused_status,
    error: row.paused_error,
  }
}

/** The id and secret of a new endpoint. Made before the tx, so that a retry makes no second endpoint. */
export function draftEndpoint(): { id: string; secret: string } {
  return { id: newId('endpoint'), secret: newSecret() }
}

export async function createEndpoint(
  tx: Tx,
  by: TargetChange,
  fields: Required<EndpointFields>,
  { id, secret } = draftEndpoint(),
): Promise<Endpoint> {
  const { vault, organization, now, targetRule } = by
  checkUrl(fields.url, targetRule)
  await lockForAdding(tx, organization.number)
  const made = await findEndpoint(tx, organization.number, id)
  if (made) return toEndpoint(vault, made)
  if ((await countEndpoints(tx, organization.number)) >= MAX_ENDPOINTS) {
    throw conflict(`An organization can have ${MAX_ENDPOINTS} webhooks; delete one first.`)
  }
  const secrets = [{ secret, expires_at: null }]
  const { url, description, alert_email, max_batch_bytes } = fields
  const settings: EndpointSettings = { url, description, secrets, alert_email, max_batch_bytes }
  const blob = vault.encrypt(blobRow(id), settings)
  const { batch_size: batchSize, event_types: eventTypes, merchants, causes } = fields
  const row = { id, organization: organization.number, blob, batchSize, now }
  const number = await insertEndpoint(tx, row)
  await insertSubscriptions(tx, number, resubscribe([], { eventTypes, merchants, causes }, now))
  const created = await getEndpoint(tx, vault, organization, id)
  const after = await endpointFields(tx, created)
  await journalEndpoint(tx, by, 'webhook.create', created, { after })
  return created
}

/** Throws the same 404 for an absent endpoint and for another organization's. */
export async function getEndpoint(
  db: Parameters<typeof findEndpoint>[0],
  vault: Vault,
  organization: Organization,
  id: string,
): Promise<Endpoint> {
  // What is no id may not even be valid text to the database.
  const row = ENDPOINT_ID.test(id) ? await findEndpoint(db, organization.number, id) : undefined
  if (!row) throw notFound(id)
  return toEndpoint(vault, row)
}

/** Locks the endpoint until the tx ends, and returns it. */
export async function holdEndpoint(
  tx: Tx,
  { vault, organization }: Pick<EndpointChange, 'vault' | 'organization'>,
  id: string,
): Promise<Endpoint> {
  if (ENDPOINT_ID.test(id)) await lockEndpoint(tx, organization.number, id)
  return getEndpoint(tx, vault, organization, id)
}

async function write(
  tx: Tx,
  { vault, organization, now }: EndpointChange,
  endpoint: Endpoint,
  settings: EndpointSettings,
): Promise<Endpoint> {
  const blob = vault.encrypt(blobRow(endpoint.id), settings)
  await updateEndpoint(tx, { ...endpoint, blob, now })
  return getEndpoint(tx, vault, organization, endpoint.id)
}

export async function editEndpoint(
  tx: Tx,
  change: TargetChange,
  id: string,
  fields: EndpointFields,
): Promise<Endpoint> {
  if (fields.url !== undefined) checkUrl(fields.url, change.targetRule)
  const endpoint = await holdEndpoint(tx, change, id)
  const wish = {
    eventTypes: fields.event_types ?? endpoint.eventTypes,
    merchants: fields.merchants === undefined ? endpoint.merchants : fields.merchants,
    causes: fields.causes === undefined ? endpoint.causes : fields.causes,
  }
  const before = await listSubscriptions(tx, endpoint.number)
  await deleteSubscriptions(tx, endpoint.number)
  await insertSubscriptions(tx, endpoint.number, resubscribe(before, wish, change.now))
  const { url, description, secrets, alert_email, max_batch_bytes } = endpoint
  const batchSize = fields.batch_size ?? endpoint.batchSize
  const changed = await write(
    tx,
    change,
    { ...endpoint, batchSize },
    {
      url: fields.url ?? url,
      description: fields.description === undefined ? description : fields.description,
      secrets,
      alert_email: fields.alert_email === undefined ? alert_email : fields.alert_email,
      max_batch_bytes: fields.max_batch_bytes ?? max_batch_bytes,
    },
  )
  await journalChange(tx, change, endpoint, changed)
  return changed
}

export async function rotateSecret(
  tx: Tx,
  change: EndpointChange,
  id: string,
  overlapHours: number,
): Promise<Endpoint> {
  const endpoint = await holdEndpoint(tx, change, id)
  const { url, description, alert_email, max_batch_bytes } = endpoint
  const secrets = rotateSecrets(endpoint.secrets, newSecret(), change.now, overlapHours)
  const content = { url, description, secrets, alert_email, max_batch_bytes }
  const rotated = await write(tx, change, endpoint, content)
  const after = { overlap_hours: overlapHours, valid_secrets: secrets.length }
  await journalEndpoint(tx, change, 'webhook.rotate-secret', endpoint, { after })
  return rotated
}

/** Pauses an endpoint: events are collected from now on; requests in flight still arrive. */
export async function pauseEndpoint(tx: Tx, change: EndpointChange, id: string): Promise<Endpoint> {
  const { vault, organization, act, now } = change
  const { number, pause } = await holdEndpoint(tx, change, id)
  if (pause === null) {
    await pauseByHand(tx, { number, by: actorText(act.actor), now })
    await journalEndpoint(tx, change, 'webhook.pause', { id }, { after: { reason: 'by-hand' } })
  }
  return getEndpoint(tx, vault, organization, id)
}

/**
 * Resumes an endpoint: what was collected goes out in order, and what had failed goes out at once. Only
 * the endpoint's row changes, however much waits, since claims compare `failed_at` with the time of the
 * resume. Failing events keep their count of attempts and their 72 hours, but no longer count towards
 * pausing again.
 */
export async function resumeDeliveries(
  tx: Tx,
  change: EndpointChange,
  id: string,
): Promise<Endpoint> {
  const { vault, organization, now } = change
  const { number, pause } = await holdEndpoint(tx, change, id)
  if (pause !== null) {
    await resumeEndpoint(tx, number, now)
    const before = { reason: pause.reason, paused_date: pause.at.toISOString() }
    await journalEndpoint(tx, change, 'webhook.resume', { id }, { before })
  }
  return getEndpoint(tx, vault, organization, id)
}

/** Deletes an endpoint: what was not delivered by now never will be. */
export async function removeEndpoint(tx: Tx, change: EndpointChange, id: string): Promise<void> {
  const endpoint = await getEndpoint(tx, change.vault, change.organization, id)
  const { number } = endpoint
  const before = await endpointFields(tx, endpoint)
  // Replays first: the tx that enqueues their events holds a lock on the replay meanwhile.
  await deleteReplays(tx, number)
  await deleteLanes(tx, number)
  if (await deleteEndpoint(tx, number)) {
    await journalEndpoint(tx, change, 'webhook.delete', endpoint, { before })
  }
}
