import { visibleMerchants } from '../customers/customer-answer.ts'
import { decryptCustomer } from '../customers/customer.ts'
import { IDENTIFIER_KINDS } from '../customers/identifier.ts'
import type { IdentifierKind } from '../customers/identifier.ts'
import type { CustomerContent } from '../customers/provenance.ts'
import { listCountedCustomers } from './count-store.ts'
import type { CountedCustomer } from './count-store.ts'
import type { Counting, CountedDay } from './counting.ts'
import type { SegmentCounts } from './counts.ts'
import { dayOf } from './utc-day.ts'

// Some milliseconds of decrypting: callers' requests have their turn between two pages.
const PAGE = 250

/**
 * Where a publisher's customers stand now. Each is looked at by itself, as the publisher may look at it: the sums tell
 * nothing that it could not add up from its own reads. By memberships, and not by identities as a read of one customer:
 * nobody is paid by a count, and `verify` holds the two together.
 */
export async function* countSegments(
  counting: Counting,
): AsyncGenerator<CountedDay<SegmentCounts>> {
  const { db, organization, snapshot, now } = counting
  const seen = visibleMerchants(organization, snapshot).map(({ number }) => number)
  const tally = new Tally(seen)
  let after: string | undefined
  for (;;) {
    if (counting.isStopping()) return
    const page: CountedCustomer[] = await listCountedCustomers(db, organization.number, after, PAGE)
    for (const customer of page)
      tally.add(decryptCustomer(counting.vault, customer), customer.active)
    after = page.at(-1)?.id
    if (page.length < PAGE) break
  }
  yield { day: dayOf(now), counts: tally.counts, dueAt: null }
}

class Tally {
  readonly counts: SegmentCounts
  readonly #merchants: Map<number, SegmentCounts['merchants'][number]>

  constructor(seen: readonly number[]) {
    const merchants = seen.map((merchant) => ({ merchant, active: 0 }))
    this.#merchants = new Map(merchants.map((each) => [each.merchant, each]))
    const none = () => ({ customers: 0, matched: 0 })
    const kinds = { email_sha256: none(), advertising_id: none() }
    this.counts = { customers: 0, identified: 0, matched: 0, kinds, merchants }
  }

  add(content: CustomerContent, active: readonly number[]): void {
    const { counts } = this
    const seen = active.flatMap((merchant) => this.#merchants.get(merchant) ?? [])
    const matched = seen.length > 0 ? 1 : 0
    const carried = IDENTIFIER_KINDS.filter((kind) => carries(content, kind))
    counts.customers += 1
    counts.identified += carried.length > 0 ? 1 : 0
    counts.matched += matched
    for (const kind of carried) {
      counts.kinds[kind].customers += 1
      counts.kinds[kind].matched += matched
    }
    for (const merchant of seen) merchant.active += 1
  }
}

function carries(content: CustomerContent, kind: IdentifierKind): boolean {
  const values = kind === 'email_sha256' ? content.emails : content.advertising_ids
  return values.length > 0
}
