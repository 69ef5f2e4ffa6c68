import { newId } from '../../kernel/id.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Directory } from '../../organizations/directory.ts'
import { decodeEvent, listSubjectCustomers } from '../dispatch/claim-deliveries.ts'
import { listFeed, takeFeedPoint } from './list-feed.ts'
import type { FeedFilter, FeedParts } from './list-feed.ts'
import type { FeedCursor } from './feed-cursor.ts'
import type { LongPoll } from './feed-waiters.ts'
import type { FeedEvent } from './feed-store.ts'
import { render } from '../dispatch/render.ts'
import type { EventBody } from '../dispatch/render.ts'
import type { Subjects } from '../attempts/subject.ts'

export interface ReadFeedParts extends FeedParts {
  vault: Vault
  log: Logger
  directory: Directory
  subjects: Subjects
}

export interface FeedAnswer {
  events: EventBody[]
  next: FeedCursor
}

// Some 100 kB as a rule.
const PAGE_SIZE = 100

/**
 * Reads the event feed: the organization's events after the cursor, or from now on, rendered as webhooks
 * have them. Without any it waits for as long as the long poll does.
 */
export async function readFeed(
  parts: ReadFeedParts,
  filter: FeedFilter,
  from: FeedCursor | undefined,
  longPoll: LongPoll | undefined,
): Promise<FeedAnswer> {
  let next = from ?? { since: await takeFeedPoint(parts), partial: undefined }
  for (;;) {
    const notified = longPoll?.notified()
    const page = await listFeed(parts, filter, next, PAGE_SIZE)
    const events = await renderEvents(parts, page.events)
    next = page.next
    if (events.length > 0) return { events, next }
    if (next.partial) continue
    if (!longPoll || longPoll.isOver()) return { events, next }
    await notified
  }
}

async function renderEvents(parts: ReadFeedParts, events: FeedEvent[]): Promise<EventBody[]> {
  const { database, subjects, directory, log } = parts
  const customers = await listSubjectCustomers(database.db, subjects, events)
  const bodies: EventBody[] = []
  for (const each of events) {
    const event = decodeEvent(parts, { replay: null }, each, customers)
    if (!event) continue
    const body = await render(directory, event, { requestId: newId('attempt'), endpointId: '' })
    if (body) bodies.push(body)
    else log.error({ event: event.id }, 'An event cannot be rendered; it is left out of the feed.')
  }
  return bodies
}
