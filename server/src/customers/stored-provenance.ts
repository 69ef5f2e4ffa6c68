import type { CustomerContent } from './provenance.ts'

/*
 * A customer's content as it is encrypted: without names, since there are millions, and most of them say
 * the same. A content from before imports were is stored under its names, and is read as it is.
 */

type StoredGift = [
  importId: string,
  at: string,
  /** Null where it gave all that there is. */
  emails: number[] | null,
  advertisingIds: number[] | null,
  bought?: [first: string | null, last: string | null],
]

type StoredContent =
  | [id: string | null, emails: string[], advertisingIds: string[]]
  | [
      id: string | null,
      emails: string[],
      advertisingIds: string[],
      direct: [emails: number[], advertisingIds: number[]] | null,
      gifts: StoredGift[],
    ]

export function toStored(content: CustomerContent): StoredContent {
  const { id, emails, advertising_ids: advertisingIds, sources } = content
  if (!sources) return [id, emails, advertisingIds]
  const orAll = (places: number[], all: string[]): number[] | null =>
    places.length === all.length && places.every((place, index) => place === index) ? null : places
  const gifts = sources.gifts.map((gift): StoredGift => {
    const given = [
      gift.import,
      gift.at,
      orAll(gift.emails, emails),
      orAll(gift.advertising_ids, advertisingIds),
    ] as const
    return gift.bought ? [...given, [gift.bought.first, gift.bought.last]] : [...given]
  })
  const { direct } = sources
  return [id, emails, advertisingIds, direct && [direct.emails, direct.advertising_ids], gifts]
}

export function fromStored(stored: StoredContent | CustomerContent): CustomerContent {
  if (!Array.isArray(stored)) return stored
  const [id, emails, advertising_ids, direct, gifts] = stored
  if (!gifts) return { id, emails, advertising_ids }
  const placesOf = (places: number[] | null, all: string[]): number[] => places ?? [...all.keys()]
  return {
    id,
    emails,
    advertising_ids,
    sources: {
      direct: direct ? { emails: direct[0], advertising_ids: direct[1] } : null,
      gifts: gifts.map(([importId, at, givenEmails, givenIds, bought]) => ({
        import: importId,
        at,
        emails: placesOf(givenEmails, emails),
        advertising_ids: placesOf(givenIds, advertising_ids),
        bought: bought ? { first: bought[0], last: bought[1] } : null,
      })),
    },
  }
}
