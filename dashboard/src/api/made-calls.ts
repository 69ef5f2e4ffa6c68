import { queries } from './queries.ts'

/** A call of the API that a page has made. */
export interface MadeCall {
  method: string
  /** With its query. */
  path: string
  /** JSON; undefined where none was sent. */
  body?: string | undefined
  /** Whether it sent a piece of a file. */
  isFile?: boolean
}

const MOST_VIEWS = 50
const MOST_CALLS = 30
/** By the path of the page that they were made from, the latest last. */
const views = new Map<string, MadeCall[]>()
/** By the hash of the query that they were made for: another page may show what was read then. */
const callsOfQueries = new Map<string, MadeCall[]>()
/** The query that is being fetched in this very turn; what one calls later, it can't be told from others. */
let fetching: string | undefined

queries.getQueryCache().subscribe((event) => {
  if (event.type === 'removed') callsOfQueries.delete(event.query.queryHash)
  if (event.type !== 'updated' || event.action.type !== 'fetch') return
  fetching = event.query.queryHash
  callsOfQueries.delete(fetching)
  queueMicrotask(() => {
    fetching = undefined
  })
})

/**
 * Remembers a call for the page that is open, so that the page can show how a program makes it. The person's own
 * calls are not: no key makes those, and passwords are in them.
 */
export function recordCall(made: MadeCall): void {
  if (made.path.startsWith('/account/')) return
  const call = { ...made, body: made.body && hideSecrets(made.body) }
  if (fetching !== undefined) {
    callsOfQueries.set(fetching, [...(callsOfQueries.get(fetching) ?? []), call])
  }
  const view = location.pathname
  const others = (views.get(view) ?? []).filter((each) => kindOf(each) !== kindOf(call))
  views.delete(view)
  views.set(view, [...others, call].slice(-MOST_CALLS))
  const [oldest] = views.keys()
  if (views.size > MOST_VIEWS && oldest !== undefined) views.delete(oldest)
}

const IS_SECRET = /secret|password|token|authorization/i

/** Nothing that opens something is kept, wherever in a body somebody has put it. */
function hideSecrets(body: string): string {
  return JSON.stringify(JSON.parse(body), (name, value: unknown) =>
    IS_SECRET.test(name) && typeof value === 'string' ? '…' : value,
  )
}

/**
 * What this page has asked and done, the latest first; one of each kind, however often it asks. Last, what it shows
 * that was read for another page before.
 */
export function listMadeCalls(): MadeCall[] {
  const own = (views.get(location.pathname) ?? []).toReversed()
  const shown = queries
    .getQueryCache()
    .getAll()
    .filter((query) => query.getObserversCount() > 0)
    .flatMap((query) => callsOfQueries.get(query.queryHash) ?? [])
  const kinds = new Map([...shown, ...own].map((call) => [kindOf(call), call]))
  return [...new Set([...own, ...kinds.values()])].filter(
    (call) => kinds.get(kindOf(call)) === call,
  )
}

/** The same for calls that differ only in where in a list they go on. */
function kindOf({ method, path, body }: MadeCall): string {
  const [pathname = '', query] = path.split('?')
  const search = new URLSearchParams(query)
  search.delete('cursor')
  return JSON.stringify([method, pathname, search.toString(), body])
}
