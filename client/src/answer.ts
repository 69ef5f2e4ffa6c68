import { NewcomerError } from './newcomer-error.ts'
import type { Envelope, Query, Send } from './send.ts'

/**
 * One page of a list. `next` and `previous` are URLs, null at the ends. Iterating over a page with
 * `for await` goes through its objects and on through all following pages, fetched as needed.
 */
export interface Page<T> extends AsyncIterable<T> {
  objects: T[]
  next: string | null
  previous: string | null
}

/** Where in a list to start, and how much of it to take at once. */
export interface PageQuery {
  /** Opaque; the `cursor` member of a page's `next` URL, valid only with the same filters. */
  cursor?: string | undefined
  /** Objects a page, 1 to 500; 50 unless given. */
  page_size?: number | undefined
}

/** The one thing an answer carries. The server vouches for its shape. */
export function objectOf<T>({ object }: Envelope): T {
  if (object === undefined) throw unexpected('The answer carries no object')
  return object as T
}

/** The things an answer carries. */
export function objectsOf<T>({ objects }: Envelope): T[] {
  if (!Array.isArray(objects)) throw unexpected('The answer carries no objects')
  return objects as T[]
}

/** Fetches one page of a list. */
export async function fetchPage<T>(send: Send, path: string, query: Query = {}): Promise<Page<T>> {
  const envelope = await send({ method: 'GET', path, query })
  const objects = objectsOf<T>(envelope)
  const { next = null, previous = null } = envelope.meta
  const page = { objects, next, previous }
  const fetchNext = (cursor: string) => fetchPage<T>(send, path, { ...query, cursor })
  // Not enumerable, so that a page prints and compares as what came over the wire.
  return Object.defineProperty(page, Symbol.asyncIterator, {
    value: () => iterate(page, fetchNext),
  }) as unknown as Page<T>
}

type Start<T> = Pick<Page<T>, 'objects' | 'next'>

async function* iterate<T>(start: Start<T>, fetchNext: (cursor: string) => Promise<Start<T>>) {
  let last: string | undefined
  for (let page = start; ;) {
    yield* page.objects
    if (page.next === null) return
    const cursor = cursorOf(page.next)
    if (cursor === last) throw unexpected('The list does not advance')
    page = await fetchNext(cursor)
    last = cursor
  }
}

/** Only the cursor of `next` is used: its host, which may be a proxy's view, never gets the key. */
export function cursorOf(next: string): string {
  const cursor = new URL(next, 'http://any.example').searchParams.get('cursor')
  if (cursor === null) throw unexpected('The URL of the next page carries no cursor')
  return cursor
}

export function unexpected(message: string): NewcomerError {
  return new NewcomerError({ status: 200, type: 'UnexpectedAnswer', message })
}
