import type { Tx } from '../../kernel/database/database.ts'
import { appendEntry } from '../../journal/append-entries.ts'
import { findDifferences } from '../../journal/entry.ts'
import type { Act, EntryFields } from '../../journal/entry.ts'
import type { Organization } from '../../organizations/organization.ts'
import { listOrganizationIds } from '../../organizations/organization-store.ts'
import type { Endpoint } from './endpoint.ts'

/** What a journal has to know of a change of an endpoint. */
export interface EndpointAct {
  organization: Pick<Organization, 'number'>
  act: Act
  now: Date
}

type WebhookAction = `webhook.${string}`

/** Writes what was done to an endpoint. */
export async function journalEndpoint(
  tx: Tx,
  { organization, act, now }: EndpointAct,
  action: WebhookAction,
  endpoint: Pick<Endpoint, 'id'>,
  fields: { before?: EntryFields; after?: EntryFields } = {},
): Promise<void> {
  const what = { action, object: endpoint.id, ...fields }
  appendEntry(tx, { organization: organization.number, at: now, act, ...what })
}

/** Writes which settings of an endpoint are others now; nothing where none is. */
export async function journalChange(
  tx: Tx,
  by: EndpointAct,
  before: Endpoint,
  after: Endpoint,
): Promise<void> {
  const difference = findDifferences(await settingsOf(tx, before), await settingsOf(tx, after))
  if (!difference) return
  await journalEndpoint(tx, by, 'webhook.change', after, {
    before: withhold(difference.before),
    after: withhold(difference.after),
  })
}

/** The settings of an endpoint as a journal may keep them. */
export async function endpointFields(tx: Tx, endpoint: Endpoint): Promise<EntryFields> {
  return withhold(await settingsOf(tx, endpoint))
}

async function settingsOf(tx: Tx, endpoint: Endpoint): Promise<EntryFields> {
  const { url, description, alert_email, merchants } = endpoint
  return {
    url,
    description,
    alert_email,
    event_types: endpoint.eventTypes,
    merchants: merchants && (await listOrganizationIds(tx, merchants)),
    causes: endpoint.causes,
    batch_size: endpoint.batchSize,
  }
}

/** A URL can carry a secret behind its origin, a description names people, and an address is somebody's. */
function withhold({ url, description, alert_email, ...rest }: EntryFields): EntryFields {
  return {
    ...(typeof url === 'string' && { url_origin: new URL(url).origin }),
    ...(description !== undefined && { has_description: description !== null }),
    ...(alert_email !== undefined && { has_alert_email: alert_email !== null }),
    ...rest,
  }
}
