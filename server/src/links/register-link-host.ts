import type { Tx } from '../kernel/database/database.ts'
import { conflict } from '../kernel/problem.ts'
import { StaleRead } from '../kernel/database/transaction.ts'
import { appendEntry } from '../journal/append-entries.ts'
import type { Act } from '../journal/entry.ts'
import type { Organization } from '../organizations/organization.ts'
import { countLinkHosts, findLinkHosts, insertLinkHost, lockLinkHosts } from './link-host-store.ts'
import { MAX_LINK_HOSTS } from './link-host.ts'
import type { LinkHost } from './link-host.ts'

/**
 * Registers a host, as readLinkHost gives it. The second identical call answers the first; a host
 * that another merchant has is a 409, which doesn't say whose it is.
 */
export async function registerLinkHost(
  tx: Tx,
  merchant: Organization,
  host: string,
  { act, now }: { act: Act; now: Date },
): Promise<LinkHost> {
  await lockLinkHosts(tx, merchant.number)
  const [registered] = await findLinkHosts(tx, [host])
  if (registered?.merchant === merchant.number) return registered
  if (registered) throw conflict('This host is registered by another merchant.')
  if ((await countLinkHosts(tx, merchant.number)) >= MAX_LINK_HOSTS) {
    throw conflict(`A merchant can have ${MAX_LINK_HOSTS} hosts; delete one first.`)
  }
  const added = { host, merchant: merchant.number, created_at: now }
  if (!(await insertLinkHost(tx, added))) throw new StaleRead('a host')
  const what = { action: 'link-host.register', object: host } as const
  appendEntry(tx, { organization: merchant.number, at: now, act, ...what })
  return added
}
