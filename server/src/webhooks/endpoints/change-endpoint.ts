import type { Tx } from '../../kernel/database/database.ts'
import { idPattern, newId } from '../../kernel/id.ts'
import { conflict, notFound } from '../../kernel/problem.ts'
import type { Vault } from '../../kernel/vault.ts'
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
}

/** The defaults of a new endpoint. */
export const newEndpointFields = {
  description: null,
  batch_size: 1,
  merchants: null,
  causes: null,
  alert_email: null,
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

/** The one way to decrypt an endpoint's settings. One that was stored before there were mails has no address. */
export function decryptSettings(
  vault: Vault,
  { id, blob }: Pick<StoredEndpoint, 'id' | 'blob'>,
): EndpointSettings {
  return { alert_email: null, ...vault.decrypt<StoredSettings>(blobRow(id), blob) }
}

type StoredSettings = Omit<EndpointSettings, 'alert_email'> & Partial<EndpointSettings>

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
  { vault, organization, now, targetRule }: TargetChange,
  fields: Required<EndpointFields>,
  { id, secret } = draftEndpoint(),
): Promise<Endpoint> {
  checkUrl(fields.url, targetRule)
  await lockForAdding(tx, organization.number)
  const made = await findEndpoint(tx, organization.number, id)
  if (made) return toEndpoint(vault, made)
  if ((await countEndpoints(tx, organization.number)) >= MAX_ENDPOINTS) {
    throw conflict(`An organization can have ${MAX_ENDPOINTS} webhooks; delete one first.`)
  }
  const secrets = [{ secret, expires_at: null }]
  const { url, description, alert_email } = fields
  const settings: EndpointSettings = { url, description, secrets, alert_email }
  const blob = vault.encrypt(blobRow(id), settings)
  const { batch_size: batchSize, event_types: eventTypes, merchants, causes } = fields
  const row = { id, organization: organization.number, blob, batchSize, now }
  const number = await insertEndpoint(tx, row)
  await insertSubscriptions(tx, number, resubscribe([], { eventTypes, merchants, causes }, now))
  return getEndpoint(tx, vault, organization, id)
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
  const { url, description, secrets, alert_email } = endpoint
  const batchSize = fields.batch_size ?? endpoint.batchSize
  return write(
    tx,
    change,
    { ...endpoint, batchSize },
    {
      url: fields.url ?? url,
      description: fields.description === undefined ? description : fields.description,
      secrets,
      alert_email: fields.alert_email === undefined ? alert_email : fields.alert_email,
    },
  )
}

export async function rotateSecret(
  tx: Tx,
  change: EndpointChange,
  id: string,
  overlapHours: number,
): Promise<Endpoint> {
  const endpoint = await holdEndpoint(tx, change, id)
  const { url, description, alert_email } = endpoint
  const secrets = rotateSecrets(endpoint.secrets, newSecret(), change.now, overlapHours)
  return write(tx, change, endpoint, { url, description, secrets, alert_email })
}

/** Pauses an endpoint: events are collected from now on; requests in flight still arrive. */
export async function pauseEndpoint(
  tx: Tx,
  { vault, organization, now }: EndpointChange,
  id: string,
  by: string,
): Promise<Endpoint> {
  const { number } = await getEndpoint(tx, vault, organization, id)
  await pauseByHand(tx, { number, by, now })
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
  { vault, organization, now }: EndpointChange,
  id: string,
): Promise<Endpoint> {
  const { number } = await getEndpoint(tx, vault, organization, id)
  await resumeEndpoint(tx, number, now)
  return getEndpoint(tx, vault, organization, id)
}

/** Deletes an endpoint: what was not delivered by now never will be. */
export async function removeEndpoint(
  tx: Tx,
  { vault, organization }: EndpointChange,
  id: string,
): Promise<void> {
  const { number } = await getEndpoint(tx, vault, organization, id)
  // Replays first: whoever enqueues their events holds a lock on the replay meanwhile.
  await deleteReplays(tx, number)
  await deleteLanes(tx, number)
  await deleteEndpoint(tx, number)
}
