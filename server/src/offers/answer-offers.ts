import type { Catalog } from '../commissions/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Directory } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'
import { writeEntries } from './board.ts'
import { createBoards } from './boards.ts'
import { issueQuote } from './quote.ts'
import { createReadActive } from './read-active.ts'
import type { ReadActiveParts, User } from './read-active.ts'

export interface OfferParts extends ReadActiveParts {
  clock: Clock
  directory: Directory
  catalog: Catalog
}

/**
 * Answers what a user would be paid for now, as JSON: at all merchants that its publisher is
 * approved with, or only at the one given.
 */
export type AnswerOffers = (user: User, merchant: Organization | null) => Promise<Buffer>

const HEAD = Buffer.from('{"meta":{"status":"ok"},"object":{"merchant_offers":')

export function createAnswerOffers(parts: OfferParts): AnswerOffers {
  const { vault, clock } = parts
  const findBoard = createBoards(parts)
  const readActive = createReadActive(parts)
  return async (user, merchant) => {
    // From before the reading: what is bought while it goes on counts as unseen.
    const at = clock.now()
    const { customer, active } = await readActive(user)
    const { merchants, entries, whenNew } = findBoard(user.publisher, at)
    const isAsked = (number: number): boolean => merchant === null || number === merchant.number
    const offers =
      merchant === null && !merchants.some((number) => active.has(number))
        ? whenNew
        : Buffer.from(
            writeEntries(
              entries.filter((entry) => isAsked(entry.merchant)),
              active,
            ),
          )
    const newAt = merchants.filter((number) => isAsked(number) && !active.has(number))
    const activeAt = merchants.filter((number) => isAsked(number) && active.has(number))
    const quote = customer && issueQuote(vault, { user: customer, newAt, activeAt, at })
    return Buffer.concat([HEAD, offers, Buffer.from(`,"quote":${JSON.stringify(quote)}}}`)])
  }
}
