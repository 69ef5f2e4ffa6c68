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

/**
 * Remembers a call for the page that is open, so that the page can show how a program makes it. The person's own
 * calls are not: no key makes those, and passwords are in them.
 */
export function recordCall(made: MadeCall): void {
  if (made.path.startsWith('/account/')) return
  const call = { ...made, body: made.body && hideSecrets(made.body) }
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

/** What this page has asked and done, the latest first; one of each kind, however often it asks. */
export function listMadeCalls(): MadeCall[] {
  return (views.get(location.pathname) ?? []).toReversed()
}

/** The same for calls that differ only in where in a list they go on. */
function kindOf({ method, path, body }: MadeCall): string {
  const [pathname = '', query] = path.split('?')
  const search = new URLSearchParams(query)
  search.delete('cursor')
  return JSON.stringify([method, pathname, search.toString(), body])
}
