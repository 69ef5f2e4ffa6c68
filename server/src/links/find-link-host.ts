import type { Database } from '../kernel/database/database.ts'
import { batchCalls } from '../kernel/database/batch-calls.ts'
import { retry } from '../kernel/database/transaction.ts'
import { findLinkHosts } from './link-host-store.ts'
import type { LinkHost } from './link-host.ts'

/** Whose host this is; undefined when it is not registered. */
export type FindLinkHost = (host: string) => Promise<LinkHost | undefined>

/**
 * Request coalescing: links are made as often as pages are shown: hosts that are asked for together are
 * read together.
 */
export function createFindLinkHost(database: Database): FindLinkHost {
  return batchCalls<string, LinkHost | undefined>({
    async work(hosts) {
      const found = await retry(() => findLinkHosts(database.db, [...new Set(hosts)]))
      const byName = new Map(found.map((each) => [each.host, each]))
      return hosts.map((host) => ({ answer: byName.get(host) }))
    },
    concurrency: database.concurrency,
  })
}
