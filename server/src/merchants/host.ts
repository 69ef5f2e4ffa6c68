import type { Database } from '../kernel/database/database.ts'
import { retry } from '../kernel/database/transaction.ts'
import { listHostsOf } from '../links/link-host-store.ts'
import type { Organization } from '../organizations/organization.ts'

/** The hosts that links to each of these merchants may lead to, from the first on; absent: none. */
export async function findHosts(
  { db }: Database,
  merchants: readonly Organization[],
): Promise<Map<number, string[]>> {
  const numbers = merchants.map(({ number }) => number)
  const found = await retry(() => listHostsOf(db, numbers))
  const hosts = new Map<number, string[]>()
  for (const { merchant, host } of found)
    hosts.set(merchant, [...(hosts.get(merchant) ?? []), host])
  return hosts
}

/** Where the merchant is at home: as it said, else its first host, else an empty text. */
export function homepageOf({ profile }: Organization, [first]: readonly string[] = []): string {
  return profile.homepage ?? (first === undefined ? '' : `https://${first}/`)
}
