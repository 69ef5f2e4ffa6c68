import type { Tx } from '../kernel/database/database.ts'
import { notFound } from '../kernel/problem.ts'
import { appendEntry } from '../journal/append-entries.ts'
import type { Act } from '../journal/entry.ts'
import { removeLinkHost } from './link-host-store.ts'

/**
 * Takes a host from a merchant, by its number; undefined: from whichever has it. Links that lead there stop
 * working. A 404 where that merchant, or none, has it.
 */
export async function deleteLinkHost(
  tx: Tx,
  { merchant, act, now }: { merchant: number | undefined; act: Act; now: Date },
  host: string,
): Promise<void> {
  const owner = await removeLinkHost(tx, host, merchant)
  if (owner === undefined) throw notFound(host)
  const what = { action: 'link-host.delete', object: host } as const
  appendEntry(tx, { organization: owner, at: now, act, ...what })
}
