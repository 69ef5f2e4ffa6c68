import { cursorOf } from '@newcomer/client/browser'
import type { BrowserClient, LedgerEntry, Transaction } from '@newcomer/client/browser'

// Nobody changes an order so often; the API has the rest.
export const MOST_ENTRIES = 500

/** A transaction with the changes of its amount. */
export interface Owed {
  transaction: Transaction
  /** The first 500, the oldest first. */
  entries: LedgerEntry[]
  hasMore: boolean
}

/** Throws NewcomerError. */
export async function readOwed({ transactions }: BrowserClient, id: string): Promise<Owed> {
  const transaction = await transactions.get(id)
  const { objects, next } = await transactions.ledger(id, { page_size: MOST_ENTRIES })
  return { transaction, entries: objects, hasMore: next !== null && cursorOf(next) !== '' }
}

/**
 * What both the publisher and the merchant are told of what an order owes; docs/rates.md says the same. What one of
 * them alone is told (numbers and customers of its own, its reference) is no part of it.
 */
export function factsOfOwed({ transaction, entries }: Owed): object {
  const { id, button_order_id, publisher_organization, commerce_organization } = transaction
  const { order_purchased_date, attribution_date, order_total, order_currency } = transaction
  const { status, validated_date, amount, currency, rate_card_id, verdict } = transaction
  return {
    ...{ id, button_order_id, publisher_organization, commerce_organization },
    ...{ order_purchased_date, attribution_date, order_total, order_currency },
    ...{ status, validated_date, amount, currency, rate_card_id, verdict },
    order_line_items: transaction.order_line_items.map(
      ({ identifier, total, commission_base, publisher_commission }) => ({
        ...{ identifier, total, commission_base, publisher_commission },
      }),
    ),
    ledger: entries,
  }
}
