import { unexpected } from './answer.ts'
import type { Import, ImportState, ImportSummary } from './import-answer.ts'
import { NewcomerError } from './newcomer-error.ts'
import { pathTo } from './path.ts'
import { isTransient, startBackoff } from './backoff.ts'
import type { Lost } from './backoff.ts'
import type { SendParts } from './send.ts'
import { readEvents } from './server-events.ts'
import { receiveBody } from './receive-body.ts'

export interface WatchOptions {
  /** Gives up: the iteration then throws the signal's reason. */
  signal?: AbortSignal | undefined
  /** Told when the connection is lost and will be tried again after so long. */
  onLost?: ((lost: Lost) => void) | undefined
}

const RESTING_STATES: ReadonlySet<ImportState> = new Set([
  'ready',
  'finished',
  'refused',
  'cancelled',
  'undone',
])

/** Whether nothing more will happen by itself. */
export function isResting({ state }: Import): boolean {
  return RESTING_STATES.has(state)
}

/** After two streams without an event a proxy must be holding them back: then the import is polled. */
const MAX_DEAF_STREAMS = 2

/** The time between two polls. */
const POLL_MS = 2_000

interface WatchParts {
  parts: SendParts
  get: (id: string) => Promise<Import>
}

export async function* watchImport(
  { parts, get }: WatchParts,
  id: string,
  options: WatchOptions,
): AsyncGenerator<Import, void, undefined> {
  let deaf = 0
  for (let backoff = startBackoff(parts.sleep, options.onLost); ;) {
    options.signal?.throwIfAborted()
    try {
      deaf++
      const states = deaf > MAX_DEAF_STREAMS ? poll(get, id) : listen(parts, id, options)
      for await (const { isLast, current } of states) {
        yield current
        if (isLast) return
        // The connection works again: the next loss gets the whole time.
        backoff = startBackoff(parts.sleep, options.onLost)
        if (deaf <= MAX_DEAF_STREAMS) deaf = 0
      }
      if (deaf > MAX_DEAF_STREAMS) await parts.sleep(POLL_MS)
      else await backoff.wait(closed())
    } catch (error) {
      if (!(error instanceof NewcomerError) || !isTransient(error)) throw error
      await backoff.wait(error)
    }
  }
}

interface Seen {
  current: Import
  isLast: boolean
}

async function* listen(
  parts: SendParts,
  id: string,
  { signal }: WatchOptions,
): AsyncGenerator<Seen, void, undefined> {
  const path = pathTo('/v1/imports', id, 'events')
  const call = { method: 'GET' as const, path, mediaType: 'text/event-stream', signal }
  let known: Import['report'] = null
  for await (const { event, data } of readEvents(receiveBody(parts, call))) {
    if (event !== 'progress' && event !== 'end') continue
    const told = parseImport(data)
    // An event leaves the report out where it is as it was.
    known = told.report === undefined ? known : told.report
    const current: Import = { ...told, report: known }
    yield { current, isLast: event === 'end' }
  }
}

async function* poll(get: WatchParts['get'], id: string): AsyncGenerator<Seen, void, undefined> {
  const current = await get(id)
  yield { current, isLast: isResting(current) }
}

type Told = ImportSummary & Partial<Pick<Import, 'report'>>

function parseImport(data: string): Told {
  try {
    return JSON.parse(data) as Told
  } catch {
    throw unexpected('An event is not in the form of this API')
  }
}

function closed(): NewcomerError {
  const message = 'The server closed the connection'
  return new NewcomerError({ status: 0, type: 'NetworkError', message })
}
