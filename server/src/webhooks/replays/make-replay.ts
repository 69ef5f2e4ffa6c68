import type { Db, Tx } from '../../kernel/database/database.ts'
import { idPattern } from '../../kernel/id.ts'
import { ownedKey } from '../../kernel/key.ts'
import { DEFAULT_PAGE_SIZE, toPage, parsePosition } from '../../kernel/database/page.ts'
import type { Page } from '../../kernel/database/page.ts'
import { holdPartitions } from '../../kernel/database/partition.ts'
import { conflict, invalidField, notFound } from '../../kernel/problem.ts'
import { getEndpoint, holdEndpoint } from '../endpoints/change-endpoint.ts'
import type { EndpointChange } from '../endpoints/change-endpoint.ts'
import { journalEndpoint } from '../endpoints/journal-endpoint.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { findEvent } from '../../events/event-store.ts'
import { SUBSCRIBABLE_TYPES } from '../../events/event.ts'
import type { SubscribableType } from '../../events/event.ts'
import { enqueueReplay } from '../../events/enqueue-replay.ts'
import { replayStatus } from '../../events/replay.ts'
import type { Replay, ReplayedState, ReplayProgress } from '../../events/replay.ts'
import {
  cancelReplay,
  countUnfinished,
  findReplay,
  insertReplay,
  listReplays,
  moveReplay,
} from '../../events/replay-store.ts'
import { isWaitingAt } from './replayable-store.ts'
import { DAY_MS } from '../../kernel/durations.ts'

/** The context of a replay: the endpoint, and for how many days events are kept. */
export interface ReplayChange extends EndpointChange {
  webhook: string
  eventDays: number
}

export interface ReplayFields {
  start: Date
  end: Date
  state: ReplayedState | null
  eventTypes: SubscribableType[] | null
  customerId: string | null
}

// Each has a row for every event that it is to send, and none waits for another.
const MAX_UNFINISHED = 20
const EVENT_ID = idPattern('hook')
const REPLAY_ID = idPattern('replay')

/** Makes a replay of a time. `id` is made before the tx, so that a retry makes no second replay. */
export async function replayTime(
  tx: Tx,
  by: ReplayChange,
  id: string,
  { start, end, state, eventTypes, customerId }: ReplayFields,
): Promise<ReplayProgress> {
  const { organization, vault } = by
  const endpoint = await lockForReplay(tx, by)
  if (end <= start) throw invalidField('end_date', 'end_date must be after start_date')
  if (start < keptFrom(by)) throw invalidField('start_date', tooOld(by))
  const unknown = eventTypes?.find((type) => !endpoint.eventTypes.includes(type))
  if (unknown) {
    throw invalidField('event_types', `The webhook does not subscribe to ${unknown}`)
  }
  const subject =
    customerId === null
      ? null
      : ownedKey(organization.number, vault.seal('customer', organization.id, customerId))
  const what = {
    event: null,
    start_at: start,
    end_at: end,
    state,
    event_types: eventTypes,
    subject,
  }
  if (await add(tx, { id, endpoint: endpoint.number, ...what, created_at: by.now })) {
    const times = { start_date: start.toISOString(), end_date: end.toISOString() }
    // Of one customer: whose it is would be told by its id.
    const which = { state, event_types: eventTypes, of_one_customer: subject !== null }
    const after = { replay_id: id, ...times, ...which }
    await journalEndpoint(tx, by, 'webhook.replay', endpoint, { after })
  }
  return getReplay(tx, endpoint, id)
}

/** Makes a replay of one event, as a live one: it goes out ahead of bulk events. */
export async function resendEvent(
  tx: Tx,
  by: ReplayChange,
  id: string,
  eventId: string,
): Promise<ReplayProgress> {
  const endpoint = await lockForReplay(tx, by)
  const isId = EVENT_ID.test(eventId)
  const event = isId ? await findEvent(tx, by.organization.number, eventId) : undefined
  // Pings, tests and quiet changes cannot be sent again.
  if (!event || !SUBSCRIBABLE_TYPES.some((type) => type === event.type)) throw notFound(eventId)
  if (event.at < keptFrom(by)) throw conflict(tooOld(by))
  if (await isWaitingAt(tx, endpoint.number, event)) {
    throw conflict('The event waits to be sent to this webhook already.')
  }
  const { at } = event
  const what = { event: eventId, start_at: at, end_at: new Date(at.getTime() + 1) }
  const all = { state: null, event_types: null, subject: null }
  const replay = { id, endpoint: endpoint.number, ...what, ...all, created_at: by.now }
  if (await add(tx, replay)) {
    await enqueueReplay(tx, replay, [event], { now: by.now, isBulk: false })
    await moveReplay(tx, id, { events: 1, gatheredTo: null })
    const after = { replay_id: id, event_id: eventId }
    await journalEndpoint(tx, by, 'webhook.replay', endpoint, { after })
  }
  return getReplay(tx, endpoint, id)
}

/** Cancels a replay; requests in flight still arrive. A finished replay stays as it is. */
export async function stopReplay(
  tx: Tx,
  by: EndpointChange & { webhook: string },
  id: string,
): Promise<ReplayProgress> {
  const endpoint = await getEndpoint(tx, by.vault, by.organization, by.webhook)
  const replay = await getReplay(tx, endpoint, id)
  if (replayStatus(replay) === 'finished') return replay
  await cancelReplay(tx, id, by.now)
  if (replayStatus(replay) !== 'cancelled') {
    await journalEndpoint(tx, by, 'webhook.cancel-replay', endpoint, { after: { replay_id: id } })
  }
  return getReplay(tx, endpoint, id)
}

export async function getReplay(db: Db, endpoint: Endpoint, id: string): Promise<ReplayProgress> {
  // What is no id may not even be valid text to the database.
  const replay = REPLAY_ID.test(id) ? await findReplay(db, endpoint.number, id) : undefined
  if (!replay) throw notFound(id)
  return replay
}

/** One page of an endpoint's replays, newest first. */
export async function pageReplays(
  db: Db,
  endpoint: Endpoint,
  {
    cursor,
    pageSize = DEFAULT_PAGE_SIZE,
  }: { cursor: string | undefined; pageSize?: number | undefined },
): Promise<Page<ReplayProgress>> {
  const bound = { endpoint: endpoint.id }
  const { isBackward, from } = parsePosition(cursor, bound, REPLAY_ID)
  const query = { from, isBackward, limit: pageSize + 1 }
  const found = await listReplays(db, endpoint.number, query)
  const positionOf = ({ created_at: at, id: replay }: ReplayProgress) => ({ at, id: replay })
  return toPage(found, { pageSize, isBackward, from, positionOf, filters: bound })
}

/** Serializes the creation of replays to an endpoint, so that their limit holds. */
async function lockForReplay(tx: Tx, by: ReplayChange): Promise<Endpoint> {
  const endpoint = await holdEndpoint(tx, by, by.webhook)
  // Otherwise a day could be dropped before this replay of it is visible.
  await holdPartitions(tx)
  return endpoint
}

async function add(tx: Tx, replay: Replay): Promise<boolean> {
  if (await findReplay(tx, replay.endpoint, replay.id)) return false
  if ((await countUnfinished(tx, replay.endpoint, MAX_UNFINISHED)) === MAX_UNFINISHED) {
    throw conflict(`${MAX_UNFINISHED} replays to this webhook are under way; cancel one first.`)
  }
  return insertReplay(tx, replay)
}

function keptFrom({ now, eventDays }: ReplayChange): Date {
  return new Date(now.getTime() - eventDays * DAY_MS)
}

function tooOld({ eventDays }: ReplayChange): string {
  return `Events can be sent again for ${eventDays} days.`
}
