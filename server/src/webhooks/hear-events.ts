import { newId } from '../kernel/id.ts'
import type { Logger } from '../kernel/log.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Directory } from '../organizations/directory.ts'
import { open, readCustomers } from './claim-work.ts'
import type { OwedEvent } from './claim-work.ts'
import { listNews, takeMoment } from './list-news.ts'
import type { NewsFilter, NewsParts } from './list-news.ts'
import type { ListenPlace } from './listen-place.ts'
import type { Listener } from './listening.ts'
import type { NewsEvent } from './news-store.ts'
import { render } from './render.ts'
import type { Subjects } from './subject.ts'

export interface HearParts extends NewsParts {
  vault: Vault
  log: Logger
  directory: Directory
  subjects: Subjects
}

/** What a webhook has; all the rest depends on its type. */
export interface EventBody {
  id: string
  request_id: string
  event_type: string
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
  const customers = await readCustomers(parts.database.db, parts.subjects, news)
  const bodies: EventBody[] = []
  for (const each of news) {
    const event = open(parts, { replay: null }, each, customers)
    const body = event && (await renderFresh(parts, event))
    if (body) bodies.push(JSON.parse(body) as EventBody)
  }
  return bodies
}

async function renderFresh(
  { directory, log }: HearParts,
  event: OwedEvent,
): Promise<string | undefined> {
  const context = { requestId: newId('attempt'), endpointId: '' }
  const body = render(event, { ...context, snapshot: directory.current() })
  if (body) return body
  // The event is newer than what this process knows of organizations.
  await directory.refresh()
  const fresh = render(event, { ...context, snapshot: directory.current() })
  if (!fresh)
    log.error({ event: event.id }, 'An event cannot be rendered; listeners do not get it.')
  return fresh
}
