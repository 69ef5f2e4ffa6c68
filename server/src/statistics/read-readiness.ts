import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { retry } from '../kernel/database/transaction.ts'
import type { Organization } from '../organizations/organization.ts'
import { countLastOrders, findSpansWithOrders, listHistoryImports } from './readiness-store.ts'
import type { HistoryImport, LastOrders } from './readiness-store.ts'
import { addDays, dayOf, dayStart, listUtcDays } from './utc-day.ts'

/** Whether a merchant's segments would tell the truth, by what is there. */
export interface Readiness {
  asOf: Date
  historyRows: number
  orderDays: OrderDays
  lastOrders: LastOrders
  /** Empty: ready. */
  missing: { code: MissingCode; message: string }[]
}

/** Finished days in UTC up to yesterday. */
export interface OrderDays {
  lookedAt: number
  withOrders: number
  /** Days up to yesterday, one after another, that each have an order. */
  withoutGap: number
}

export const MISSING_CODES = ['history', 'orders', 'gaps', 'unidentified', 'conflicts'] as const
export type MissingCode = (typeof MISSING_CODES)[number]

// All bounds of what is read: however large the merchant, the answer takes milliseconds.
const IMPORTS_LOOKED_AT = 200
const ORDERS_LOOKED_AT = 1_000
const DAYS_LOOKED_AT = 28
/** A week has each day of the week: a shop that sends nothing on Sundays is seen. */
const DAYS_NEEDED = 7
/** An order of nobody makes nobody active: with many of them, who has bought stays new. */
const MOST_UNIDENTIFIED_PERCENT = 20
/** The merchant knows its own customers: where it often says otherwise, history is missing. */
const MOST_CONFLICTS_PERCENT = 5
/** Of fewer orders no share is taken: one or two would decide it. */
const LEAST_FOR_SHARES = 20

/** Reads what speaks for and against showing a merchant's segments. It holds nobody up: the operator decides. */
export async function readReadiness(
  { database: { db }, clock }: { database: Database; clock: Clock },
  { number }: Organization,
): Promise<Readiness> {
  const asOf = clock.now()
  const today = dayOf(asOf)
  const days = listUtcDays(addDays(today, -DAYS_LOOKED_AT), today)
  const spans = {
    starts: days.map(dayStart),
    ends: days.map((day) => dayStart(addDays(day, 1))),
    mostLooked: ORDERS_LOOKED_AT,
  }
  const imports = await retry(() => listHistoryImports(db, number, IMPORTS_LOOKED_AT))
  const places = await retry(() => findSpansWithOrders(db, number, spans))
  const lastOrders = await retry(() => countLastOrders(db, number, ORDERS_LOOKED_AT))
  const found = {
    historyRows: sumHistory(imports),
    orderDays: countDays(places, days.length),
    lastOrders,
  }
  return { asOf, ...found, missing: listMissing(found) }
}

/** A file that replaces all before it counts alone, with those after it. */
function sumHistory(imports: readonly HistoryImport[]): number {
  const last = imports.findIndex(({ mode }) => mode === 'replace')
  const valid = last === -1 ? imports : imports.slice(0, last + 1)
  return valid.reduce((sum, { rows }) => sum + rows, 0)
}

function countDays(places: readonly number[], lookedAt: number): OrderDays {
  const found = new Set(places)
  let withoutGap = 0
  while (found.has(lookedAt - 1 - withoutGap)) withoutGap++
  return { lookedAt, withOrders: found.size, withoutGap }
}

type Found = Pick<Readiness, 'historyRows' | 'orderDays' | 'lastOrders'>

/** What is missing, a sentence each, what weighs most first. */
export function listMissing({ historyRows, orderDays, lastOrders }: Found): Readiness['missing'] {
  const missing: Readiness['missing'] = []
  const say = (code: MissingCode, message: string) => missing.push({ code, message })
  const shareOf = (part: number, whole: number): number =>
    whole < LEAST_FOR_SHARES ? 0 : Math.round((part / whole) * 100)
  if (historyRows === 0) {
    say('history', 'No file of purchasers was imported: customers who bought before would be new.')
  }
  const { withOrders, withoutGap, lookedAt } = orderDays
  if (withOrders === 0) {
    say('orders', `No order was reported in the last ${lookedAt} days before today.`)
  } else if (withoutGap < DAYS_NEEDED) {
    const days = withoutGap === 1 ? '1 day has' : `${withoutGap} days have`
    say(
      'gaps',
      `The last ${days} orders without a gap; ${DAYS_NEEDED} days would show that all arrive.`,
    )
  }
  const nobodys = shareOf(lastOrders.unidentified, lastOrders.looked_at)
  if (nobodys > MOST_UNIDENTIFIED_PERCENT) {
    say(
      'unidentified',
      `${nobodys} % of the last ${lastOrders.looked_at} orders name no customer: who made them stays new. ` +
        'Report guests with the hash of their e-mail address.',
    )
  }
  const conflicts = shareOf(lastOrders.conflicts, lastOrders.claimed)
  if (conflicts > MOST_CONFLICTS_PERCENT) {
    say(
      'conflicts',
      `In ${conflicts} % of the last orders that say so the merchant calls a customer new or not, and the ` +
        'network judges otherwise: purchases may be missing.',
    )
  }
  return missing
}
