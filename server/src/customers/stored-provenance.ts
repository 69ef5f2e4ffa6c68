import type { CustomerContent } from './provenance.ts'

/*
 * A customer's content as it is encrypted: without names, since there are millions, and most of them say
 * the same. A content from before imports were is stored under its names, and is read as it is.
 */

type StoredContribution = [
  importId: string,
  at: string,
  /** Null where it gave all that there is. */
  emails: number[] | null,
  advertisingIds: number[] | null,
  purchaseDates?: [first: string | null, last: string | null],
]

type StoredContent =
  | [id: string | null, emails: string[], advertisingIds: string[]]
  | [
      id: string | null,
      emails: string[],
      advertisingIds: string[],
      fromCalls: [emails: number[], advertisingIds: number[]] | null,
      contributions: StoredContribution[],
    ]

export function toStored(content: CustomerContent): StoredContent {
  const { id, emails, advertising_ids: advertisingIds, provenance } = content
  if (!provenance) return [id, emails, advertisingIds]
  const orAll = (places: number[], all: string[]): number[] | null =>
    places.length === all.length && places.every((place, index) => place === index) ? null : places
  const contributions = provenance.contributions.map((contribution): StoredContribution => {
    const given = [
      contribution.import,
      contribution.at,
      orAll(contribution.emails, emails),
      orAll(contribution.advertising_ids, advertisingIds),
    ] as const
    return contribution.purchaseDates
      ? [...given, [contribution.purchaseDates.first, contribution.purchaseDates.last]]
      : [...given]
  })
  const { fromCalls } = provenance
  return [
    id,
    emails,
    advertisingIds,
    fromCalls && [fromCalls.emails, fromCalls.advertising_ids],
    contributions,
  ]
}

export function fromStored(stored: StoredContent | CustomerContent): CustomerContent {
  if (!Array.isArray(stored)) return stored
  const [id, emails, advertising_ids, fromCalls, contributions] = stored
  if (!contributions) return { id, emails, advertising_ids }
  const positionsOf = (places: number[] | null, all: string[]): number[] =>
    places ?? [...all.keys()]
  return {
    id,
    emails,
    advertising_ids,
    provenance: {
      fromCalls: fromCalls ? { emails: fromCalls[0], advertising_ids: fromCalls[1] } : null,
      contributions: contributions.map(([importId, at, givenEmails, givenIds, purchaseDates]) => ({
        import: importId,
        at,
        emails: positionsOf(givenEmails, emails),
        advertising_ids: positionsOf(givenIds, advertising_ids),
        purchaseDates: purchaseDates ? { first: purchaseDates[0], last: purchaseDates[1] } : null,
      })),
    },
  }
}
