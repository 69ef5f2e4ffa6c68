import type { Catalog } from '../commissions/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Directory } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'
import { writeEntries } from './board.ts'
import type { Board } from './board.ts'
import { createBoards } from './boards.ts'
import { issueQuote, packMerchants } from './quote.ts'
import { createReadActive } from './read-active.ts'
import type { ReadActiveParts, User } from './read-active.ts'

export interface OfferParts extends ReadActiveParts {
  clock: Clock
  directory: Directory
  catalog: Catalog
}

/**
 * Answers what a user would be paid for now, as the parts of a JSON text: at all merchants that its
 * publisher is approved with, or only at the one given.
 */
export type AnswerOffers = (user: User, merchant: Organization | null) => Promise<Buffer[]>

const HEAD = Buffer.from('{"meta":{"status":"ok"},"object":{"merchant_offers":')

export function createAnswerOffers(parts: OfferParts): AnswerOffers {
  const { vault, clock } = parts
  const findBoard = createBoards(parts)
  const readActive = createReadActive(parts)
  return async (user, merchant) => {
    // From before the reading: what is bought while it goes on counts as unseen.
    const at = clock.now()
    const { customer, active } = await readActive(user)
    const { offers, newAt, activeAt } = select(findBoard(user.publisher, at), active, merchant)
    const quote = customer && issueQuote(vault, { user: customer, newAt, activeAt, at })
    return [HEAD, offers, Buffer.from(`,"quote":${JSON.stringify(quote)}}}`)]
  }
}

/** What of the board is for who is active at these merchants. */
function select(
  { merchants, packed, entries, whenNew }: Board,
  active: Set<number>,
  merchant: Organization | null,
): { offers: Buffer; newAt: string; activeAt: string } {
  if (merchant === null && active.isDisjointFrom(merchants)) {
    return { offers: whenNew, newAt: packed, activeAt: '' }
  }
  const asked = merchant === null ? [...merchants] : [merchant.number]
  const shown =
    merchant === null ? entries : entries.filter((entry) => entry.merchant === merchant.number)
  return {
    offers: Buffer.from(writeEntries(shown, active)),
    newAt: packMerchants(asked.filter((number) => !active.has(number))),
    activeAt: packMerchants(asked.filter((number) => active.has(number))),
  }
}
