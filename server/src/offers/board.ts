import type { Catalog, RateCards } from '../commissions/rates/catalog.ts'
import { chooseVersion } from '../commissions/rates/choose-rate.ts'
import type { RateCardVersion } from '../commissions/rates/rate-card.ts'
import type { Rate } from '../commissions/rates/rate.ts'
import type { Directory, Snapshot } from '../organizations/directory.ts'
import type { Organization, SegmentName } from '../organizations/organization.ts'
import { answerMerchantOffers } from './offer-answer.ts'
import { comparePay, compareText, listOffers } from './offer.ts'
import type { Offer } from './offer.ts'
import { packMerchants } from './quote.ts'

// With 200 merchants a board takes some 50 KB.
const MAX_BOARDS = 1_000

/** All that one publisher's users can be offered, written out beforehand. */
export interface Board {
  /** It holds from this time on (Unix ms), and before that one: a version starts or ends then. */
  from: number
  until: number
  /** The numbers of the merchants that the publisher is approved with. */
  merchants: ReadonlySet<number>
  /** The same as a quote lists them. */
  packed: string
  /** The offers of each merchant in each segment; the order in which they are answered. */
  entries: readonly BoardEntry[]
  /** What is answered to who is new everywhere: the entries' JSON, a comma before each. */
  whenNew: Buffer
}

export interface BoardEntry {
  merchant: number
  /** Null where the merchant tells no segments: for every user. */
  segment: SegmentName | null
  /** As it is answered, with a comma before it. */
  json: Buffer
  /** Where it stands in what is answered to who is new everywhere, or would stand. */
  offset: number
}

/** What a merchant offers in one segment. */
interface Listing {
  best: Offer
  json: Buffer
}

export interface BoardOptions {
  directory: Snapshot
  cards: RateCards
  publisher: Organization
  now: Date
}

/** The board of a publisher at a time; each is made once for what is known then. */
export type FindBoard = (publisher: Organization, now: Date) => Board

export function createBoards({
  directory,
  catalog,
}: {
  directory: Directory
  catalog: Catalog
}): FindBoard {
  const boards = new Map<number, Board>()
  let madeOf: { directory: Snapshot; cards: RateCards } | undefined
  return (publisher, now) => {
    const known = { directory: directory.current(), cards: catalog.current() }
    if (madeOf?.directory !== known.directory || madeOf.cards !== known.cards) {
      boards.clear()
      madeOf = known
    }
    const last = boards.get(publisher.number)
    if (last && last.from <= now.getTime() && now.getTime() < last.until) return last
    if (boards.size >= MAX_BOARDS) boards.clear()
    const board = buildBoard({ ...known, publisher, now })
    boards.set(publisher.number, board)
    return board
  }
}

export function buildBoard({ directory, cards, publisher, now }: BoardOptions): Board {
  const approved = directory
    .partnersOf(publisher.number)
    .filter((partner) => partner.status === 'approved')
    .map((partner) => partner.merchant)
  const listed = approved.flatMap((merchant) => {
    const version = chooseVersion(cards.versionsOf(merchant.number), publisher.number, now)
    return version ? entriesOf(merchant, version) : []
  })
  const numbers = approved.map((merchant) => merchant.number)
  let offset = 0
  const entries = listed
    .sort(
      (a, b) =>
        comparePay(a.listing.best.rate, b.listing.best.rate) ||
        compareText(a.merchant.id, b.merchant.id),
    )
    .map(({ merchant, segment, listing: { json } }): BoardEntry => {
      const entry = { merchant: merchant.number, segment, json, offset }
      if (segment !== 'active') offset += json.length
      return entry
    })
  return {
    from: now.getTime(),
    until: Math.min(...approved.map((merchant) => nextChange(cards, merchant, now))),
    merchants: new Set(numbers),
    packed: packMerchants(numbers),
    entries,
    whenNew: Buffer.concat(
      entries.filter(({ segment }) => segment !== 'active').map(({ json }) => json),
    ),
  }
}

/**
 * The JSON of the entries that apply to who is active at these merchants, in parts, a comma before
 * each entry. Most of it are stretches of what is answered to who is new everywhere.
 */
export function cutBoard({ entries, whenNew }: Board, active: ReadonlySet<number>): Buffer[] {
  const parts: Buffer[] = []
  let from = 0
  for (const { merchant, segment, json, offset } of entries) {
    if (segment === null || !active.has(merchant)) continue
    if (from < offset) parts.push(whenNew.subarray(from, offset))
    if (segment === 'active') parts.push(json)
    from = segment === 'active' ? offset : offset + json.length
  }
  return [...parts, whenNew.subarray(from)]
}

function entriesOf(merchant: Organization, version: RateCardVersion) {
  const segments = merchant.segmentsOnAt === null ? [null] : (['new', 'active'] as const)
  return segments.flatMap((segment) => {
    const listing = listingOf(merchant, version, segment)
    return listing ? [{ merchant, segment, listing }] : []
  })
}

// Versions never change, and their rates stay the same object when the catalog is read again.
const listings = new WeakMap<readonly Rate[], Map<SegmentName | null, Listing | undefined>>()

/** Undefined where the segment is offered nothing. */
function listingOf(
  merchant: Organization,
  version: RateCardVersion,
  segment: SegmentName | null,
): Listing | undefined {
  const known = listings.get(version.rates) ?? new Map<SegmentName | null, Listing | undefined>()
  listings.set(version.rates, known)
  if (!known.has(segment)) {
    const offers = listOffers(version, segment)
    const [best] = offers
    const json = Buffer.from(`,${JSON.stringify(answerMerchantOffers(merchant.id, offers))}`)
    known.set(segment, best && { best, json })
  }
  return known.get(segment)
}

/** When the merchant's rates may be others, after now, in Unix ms. */
function nextChange(cards: RateCards, merchant: Organization, now: Date): number {
  const times = cards
    .versionsOf(merchant.number)
    .flatMap(({ start, end }) => [start.getTime(), end?.getTime() ?? Infinity])
  return Math.min(...times.filter((time) => time > now.getTime()))
}
