import { newId } from '../../kernel/id.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Directory } from '../../organizations/directory.ts'
import { open, readCustomers } from '../dispatch/claim-deliveries.ts'
import { listNews, takeMoment } from './list-feed.ts'
import type { NewsFilter, NewsParts } from './list-feed.ts'
import type { ListenPlace } from './feed-cursor.ts'
import type { Listener } from './feed-waiters.ts'
import type { NewsEvent } from './feed-store.ts'
import { render } from '../dispatch/render.ts'
import type { EventBody } from '../dispatch/render.ts'
import type { Subjects } from '../attempts/subject.ts'

export interface HearParts extends NewsParts {
  vault: Vault
  log: Logger
  directory: Directory
  subjects: Subjects
}

export interface Hearing {
  events: EventBody[]
  next: ListenPlace
}

// Some 100 kB as a rule.
const PAGE_SIZE = 100

/**
 * What an organization was not told yet, as webhooks would tell it: from now on, unless from a place.
 * Where there is nothing it waits for as long as the listener does.
 */
export async function hearEvents(
  parts: HearParts,
  filter: NewsFilter,
  from: ListenPlace | undefined,
  listener: Listener | undefined,
): Promise<Hearing> {
  let next = from ?? { heard: await takeMoment(parts), telling: undefined }
  for (;;) {
    const news = listener?.news()
    const page = await listNews(parts, filter, next, PAGE_SIZE)
    const events = await tell(parts, page.events)
    next = page.next
    if (events.length > 0) return { events, next }
    if (next.telling) continue
    if (!listener || listener.isOver()) return { events, next }
    await news
  }
}

async function tell(parts: HearParts, news: NewsEvent[]): Promise<EventBody[]> {
  const { database, subjects, directory, log } = parts
  const customers = await readCustomers(database.db, subjects, news)
  const bodies: EventBody[] = []
  for (const each of news) {
    const event = open(parts, { replay: null }, each, customers)
    if (!event) continue
    const body = await render(directory, event, { requestId: newId('attempt'), endpointId: '' })
    if (body) bodies.push(body)
    else log.error({ event: event.id }, 'An event cannot be rendered; listeners do not get it.')
  }
  return bodies
}
