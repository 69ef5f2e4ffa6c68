import type { Db } from '../../kernel/database/database.ts'
import { slicePage } from '../../kernel/database/page.ts'
import type { Page } from '../../kernel/database/page.ts'
import { notFound } from '../../kernel/problem.ts'
import { retry } from '../../kernel/database/transaction.ts'
import type { CardPlace } from './change-rate-cards.ts'
import type { RateCardVersion } from './rate-card.ts'
import { listVersions } from './rate-card-store.ts'

/** One page of a merchant's cards, each as its versions, the oldest first. There are few: all are read. */
export async function pageRateCards(
  db: Db,
  merchant: number,
  { cursor, pageSize }: { cursor: string | undefined; pageSize: number | undefined },
): Promise<Page<RateCardVersion[]>> {
  const versions = await retry(() => listVersions(db, [merchant]))
  const cards = [...Map.groupBy(versions, ({ card }) => card).values()]
  return slicePage(cards, positionOf, { cursor, pageSize, filters: { merchant } })
}

/** The versions of one card; a 404 for what is not the merchant's. */
export async function getRateCard(
  db: Db,
  { merchant, card }: Pick<CardPlace, 'merchant' | 'card'>,
): Promise<RateCardVersion[]> {
  const versions = await retry(() => listVersions(db, [merchant]))
  const own = versions.filter((each) => each.card === card)
  if (own.length === 0) throw notFound(card)
  return own
}

/** Cards are read in this order, too. */
function positionOf([first]: readonly RateCardVersion[]): string {
  return first ? `${first.createdAt.toISOString()} ${first.card}` : ''
}
