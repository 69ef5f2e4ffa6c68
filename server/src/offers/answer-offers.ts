import type { Catalog } from '../commissions/rates/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Directory } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'
import { createBoards, cutBoard } from './board.ts'
import type { Board } from './board.ts'
import { issueQuote, markActive, packMerchants } from './quote.ts'
import { createFindActive } from './find-active.ts'
import type { FindActiveParts, User } from './find-active.ts'

export interface OfferParts extends FindActiveParts {
  clock: Clock
  directory: Directory
  catalog: Catalog
}

/**
 * Answers what a user would be paid for now, as the parts of a JSON text: at all merchants that its
 * publisher is approved with, or only at the one given. `meta` is that of the answer.
 */
export type AnswerOffers = (
  user: User,
  merchant: Organization | null,
  meta: object,
) => Promise<Buffer[]>

// Each part is a call of its own to the socket: more of them cost more than to copy them together.
const MAX_PARTS = 8

export function createAnswerOffers(parts: OfferParts): AnswerOffers {
  const { vault, clock } = parts
  const findBoard = createBoards(parts)
  const findActive = createFindActive(parts)
  return async (user, merchant, meta) => {
    // From before the reading: what is bought while it goes on counts as unseen.
    const at = clock.now()
    const { customer, active } = await findActive(user)
    const { offers, ...quoted } = select(findBoard(user.publisher, at), active, merchant)
    const quote = customer && issueQuote(vault, { user: customer, ...quoted, at })
    const tail = Buffer.from(`],"quote":${JSON.stringify(quote)}}}`)
    const head = Buffer.from(`{"meta":${JSON.stringify(meta)},"object":{"merchant_offers":[`)
    const [first, ...rest] = offers.filter((part) => part.length > 0)
    // Each entry has a comma before it, the first one too.
    const answer = first ? [head, first.subarray(1), ...rest, tail] : [head, tail]
    return answer.length <= MAX_PARTS ? answer : [Buffer.concat(answer)]
  }
}

/** What of the board is for who is active at these merchants. */
function select(
  board: Board,
  active: Set<number>,
  merchant: Organization | null,
): { offers: Buffer[]; merchants: string; active: string } {
  const { merchants, packed, entries, whenNew } = board
  if (merchant !== null) {
    const isActive = active.has(merchant.number)
    return {
      offers: entries
        .filter(({ merchant: number, segment }) => {
          if (number !== merchant.number) return false
          return segment === null || (segment === 'active') === isActive
        })
        .map(({ json }) => json),
      merchants: packMerchants([merchant.number]),
      active: markActive([merchant.number], active),
    }
  }
  return {
    offers: active.isDisjointFrom(merchants) ? [whenNew] : cutBoard(board, active),
    merchants: packed,
    active: markActive(merchants, active),
  }
}
