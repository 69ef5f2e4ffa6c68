import { Type } from 'typebox'
import type { Static } from 'typebox'
import { date, OneOf } from '../http/schema.ts'
import { MISSING_CODES } from './read-readiness.ts'
import type { Readiness } from './read-readiness.ts'

const count = (description?: string) =>
  Type.Integer({ minimum: 0, ...(description !== undefined && { description }) })

export const ReadinessAnswer = Type.Object(
  {
    is_ready: Type.Boolean({ description: 'Whether nothing is missing. It holds no switch.' }),
    as_of_date: date(),
    history_rows: count(
      'Rows of files of purchasers that were imported and not undone; from the last file on that replaced ' +
        'the ones before.',
    ),
    order_days: Type.Object(
      {
        looked_at: count(),
        with_orders: count(),
        without_gap: count('Days up to yesterday, one after another, that each have an order.'),
      },
      { description: 'Days in UTC before today on which orders were reported.' },
    ),
    last_orders: Type.Object(
      {
        looked_at: count(),
        guests: count('Of customers that the merchant has no id for.'),
        unidentified: count('Of nobody that is known: they make nobody active.'),
        claimed: count('Of which the merchant said whether its customer is new.'),
        conflicts: count('Of these, where the network judged otherwise.'),
      },
      { description: 'The last orders, 1,000 at most, without deleted and test orders.' },
    ),
    missing: Type.Array(
      Type.Object({
        code: OneOf(MISSING_CODES),
        message: Type.String({ description: 'A sentence for people.' }),
      }),
      { description: 'What speaks against showing segments; what weighs most first.' },
    ),
  },
  { title: 'Readiness' },
)

export function readinessToWire(readiness: Readiness): Static<typeof ReadinessAnswer> {
  const { asOf, historyRows, orderDays, lastOrders, missing } = readiness
  return {
    is_ready: missing.length === 0,
    as_of_date: asOf.toISOString(),
    history_rows: historyRows,
    order_days: {
      looked_at: orderDays.lookedAt,
      with_orders: orderDays.withOrders,
      without_gap: orderDays.withoutGap,
    },
    last_orders: lastOrders,
    missing,
  }
}
