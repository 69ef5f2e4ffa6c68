import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../client/src/index.ts'
import { inFlight } from './caller.ts'
import type { Publisher } from './create-network.ts'
import { sampleOf } from './look-up.ts'
import type { Sample } from './look-up.ts'
import { FLAT_PERCENT } from './rates.ts'
import type { VerdictTruth } from './truth.ts'

/** What one publisher is owed, added up from its transactions. In cents. */
export interface Earnings {
  transactions: number
  /** Whose order, customer, segment and amount are what they must be. */
  right: number
  paidNew: number
  paidActive: number
  /** What the same orders would have cost at the flat rate. */
  flat: number
  flatActive: number
}

export interface Expected {
  /** Its place among the publishers. */
  publisher: number
  /** By attribution token: the order that it was sent with. */
  tokens: Map<string, string>
  verdicts: Map<string, VerdictTruth>
}

const PAGE_SIZE = 500

/** Reads all transactions of a publisher, page by page. */
export async function addUpTransactions(
  { client }: Publisher,
  expected: Expected,
): Promise<{ earnings: Earnings; ledgers: Sample }> {
  const earnings: Earnings = {
    transactions: 0,
    right: 0,
    paidNew: 0,
    paidActive: 0,
    flat: 0,
    flatActive: 0,
  }
  const amounts: [string, number][] = []
  for await (const transaction of await client.transactions.list({ page_size: PAGE_SIZE })) {
    add(earnings, transaction, expected)
    amounts.push([transaction.id, transaction.amount])
  }
  return { earnings, ledgers: await sampleLedgers(client, amounts) }
}

function add(
  sums: Earnings,
  transaction: Transaction,
  { publisher, tokens, verdicts }: Expected,
): void {
  const { amount, order_total: total, customer_segment: segment } = transaction
  const truth = verdicts.get(tokens.get(transaction.btn_ref) ?? '')
  const flat = Math.trunc((total * FLAT_PERCENT) / 100)
  sums.transactions++
  sums.flat += flat
  if (segment?.name === 'new') {
    sums.paidNew += amount
  } else {
    sums.paidActive += amount
    sums.flatActive += flat
  }
  const owed = { publisher, customer: transaction.publisher_customer_id, amount }
  if (truth?.segment === segment?.name && isDeepStrictEqual(truth?.owed, owed)) sums.right++
}

/** Looks at ledgers one by one: their entries add up to what is owed. */
async function sampleLedgers(
  client: Publisher['client'],
  amounts: [string, number][],
): Promise<Sample> {
  const sample: Sample = { looked: 0, right: 0 }
  await inFlight(sampleOf(amounts), async ([id, amount]) => {
    let sum = 0
    let entries = 0
    for await (const entry of await client.transactions.ledger(id)) {
      sum += entry.amount
      entries++
    }
    if (entries > 0 && sum === amount) sample.right++
    sample.looked++
  })
  return sample
}
