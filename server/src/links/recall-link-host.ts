import type { FindLinkHost } from './find-link-host.ts'
import type { LinkHost } from './link-host.ts'

// A shopper doesn't wait for our troubles; see click-buffer.ts.
const WAIT_MS = 1_000
// Some megabytes. The one that was asked for longest ago goes first.
const MAX_HOSTS = 10_000

/**
 * As the function given. Where that fails, or takes longer than a shopper waits, the answer is the last that
 * it gave for the host: while the database is away shoppers are sent on as far as is remembered.
 */
export function recallLinkHosts(find: FindLinkHost): FindLinkHost {
  const known = new Map<string, LinkHost>()
  const ask = async (host: string): Promise<LinkHost | undefined> => {
    const found = await find(host)
    known.delete(host)
    if (found) known.set(host, found)
    const [oldest] = known.size > MAX_HOSTS ? known.keys() : []
    if (oldest !== undefined) known.delete(oldest)
    return found
  }
  return async (host) => {
    const last = known.get(host)
    const asked = ask(host)
    if (!last) return asked
    const patience = new AbortController()
    const late = new Promise<LinkHost>((resolve) => {
      const timer = setTimeout(() => resolve(last), WAIT_MS)
      patience.signal.addEventListener('abort', () => clearTimeout(timer))
    })
    return Promise.race([asked.catch(() => last), late]).finally(() => patience.abort())
  }
}
