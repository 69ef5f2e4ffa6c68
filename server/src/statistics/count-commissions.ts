import { withOrders } from '../commissions/transactions/list-transactions.ts'
import { decryptTold } from '../commissions/transactions/transaction-answer.ts'
import type { Told } from '../commissions/transactions/transaction-answer.ts'
import { listTransactions } from '../commissions/transactions/transaction-list-store.ts'
import type { ListedTransaction } from '../commissions/transactions/transaction-list-store.ts'
import type { OrderView } from '../commissions/transactions/transaction.ts'
import { LATE_MS } from './count-moves.ts'
import { listChangedDays } from './count-store.ts'
import type { CountedDay, Counting } from './counting.ts'
import type { CommissionCount } from './counts.ts'
import { listDueDays } from './day-store.ts'
import { addDays, dayStart } from './utc-day.ts'

// Some milliseconds of decrypting: callers' requests have their turn between two pages.
const PAGE = 250
/** More categories of one partner and day than these are one line: names are the merchant's, and may be endless. */
const MOST_CATEGORIES = 200
export const OTHER_CATEGORIES = '(other)'

/**
 * What a publisher is owed, or a merchant owes, by the day on which its transactions were created: those days of which
 * one was written since the last count, or became validated by time.
 */
export async function* countCommissions(
  counting: Counting,
  since: Date | undefined,
): AsyncGenerator<CountedDay<CommissionCount[]>> {
  const { db, organization, now, isStopping } = counting
  const from = since && new Date(since.getTime() - LATE_MS)
  const changed = await listChangedDays(db, organization, from)
  const key = { organization: organization.number, report: 'commissions' as const }
  const due = since ? await listDueDays(db, key, now) : []
  for (const day of new Set([...changed, ...due])) {
    if (isStopping()) return
    yield await countDay(counting, day)
  }
}

async function countDay(
  { db, vault, organization, now }: Counting,
  day: string,
): Promise<CountedDay<CommissionCount[]>> {
  const tally = new Tally(organization.role === 'publisher' ? 'merchant' : 'publisher')
  let from: { at: string; id: string } | undefined
  for (;;) {
    const page: ListedTransaction[] = await listTransactions(db, {
      owner: organization,
      ...{ publisher: undefined, currency: undefined, country: undefined },
      column: 'created_at',
      ...{ start: dayStart(day), end: dayStart(addDays(day, 1)) },
      ...{ from, isDescending: false, limit: PAGE, now },
    })
    for (const told of await withOrders(db, page, now)) {
      tally.add(told, decryptTold(vault, told).view)
    }
    const last = page.at(-1)
    if (page.length < PAGE || !last) break
    from = { at: last.listed_at, id: last.id }
  }
  return { day, counts: tally.counts(), dueAt: tally.dueAt }
}

class Tally {
  /** When the first of what is pending becomes validated. */
  dueAt: Date | null = null
  readonly #side: 'merchant' | 'publisher'
  readonly #counts = new Map<string, CommissionCount>()
  readonly #categories = new Map<number, Set<string>>()

  constructor(side: 'merchant' | 'publisher') {
    this.#side = side
  }

  counts(): CommissionCount[] {
    return [...this.#counts.values()]
  }

  add({ transaction, status }: Told, view: OrderView): void {
    const { currency, segment, commissions, amount, finalize_at: finalizeAt } = transaction
    if (status === 'pending' && (this.dueAt === null || finalizeAt < this.dueAt)) {
      this.dueAt = finalizeAt
    }
    const partner = transaction[this.#side]
    const like = { partner, currency, segment: segment ?? ('none' as const), status }
    this.#addTo(like, { base: view.total, amount })
    // What of the total no line is for is behind the lines, and has no category.
    const bases = transaction.bases ?? view.line_items.map(({ total }) => total)
    const ofCategory = new Map<string, { base: number; amount: number }>()
    for (const [index, commission] of commissions.entries()) {
      const name = this.#categoryOf(partner, view.line_items[index]?.category[0] ?? '')
      const sum = ofCategory.get(name) ?? { base: 0, amount: 0 }
      sum.base += bases[index] ?? 0
      sum.amount += commission
      ofCategory.set(name, sum)
    }
    for (const [category, sums] of ofCategory) this.#addTo({ ...like, category }, sums)
  }

  #categoryOf(partner: number, name: string): string {
    const known = this.#categories.get(partner) ?? new Set()
    this.#categories.set(partner, known)
    if (known.size >= MOST_CATEGORIES && !known.has(name)) return OTHER_CATEGORIES
    known.add(name)
    return name
  }

  #addTo(
    like: Omit<CommissionCount, 'transactions' | 'base' | 'amount'>,
    { base, amount }: { base: number; amount: number },
  ): void {
    const key = JSON.stringify(like)
    const count = this.#counts.get(key) ?? { ...like, transactions: 0, base: 0, amount: 0 }
    count.transactions += 1
    count.base += base
    count.amount += amount
    this.#counts.set(key, count)
  }
}
