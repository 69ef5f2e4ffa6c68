import { invalidField } from '../kernel/problem.ts'
import { MAX_CUSTOMER_IDENTIFIERS } from './identifier.ts'
import type { Identifier } from './identifier.ts'

/** What is encrypted in a customer's row. */
export interface CustomerContent {
  /** The organization's own id; null for a guest, whom only identifiers tell. */
  id: string | null
  /** In the order in which they were first reported. */
  emails: string[]
  advertising_ids: string[]
  /** Whose word each of them is; absent: that of calls and orders alone. */
  sources?: Sources
}

/** Who told of a customer. What one of them takes back may still be another's word. */
interface Sources {
  /** What calls and orders gave; null: none of them has ever named the customer. */
  direct: Given | null
  /** What imports gave, the oldest first. */
  gifts: Gift[]
}

/** Places in the content's lists. */
interface Given {
  emails: number[]
  advertising_ids: number[]
}

/** What one import said of a customer. */
interface Gift extends Given {
  /** `import-…` */
  import: string
  /** RFC 3339: when it was said. */
  at: string
  /** That the customer has purchased, and when for the first and the last time, as far as was said. */
  bought: Bought | null
}

export interface Bought {
  first: string | null
  last: string | null
}

/** A customer that an import says has purchased. */
export interface ImportedPurchase extends Bought {
  import: string
  at: string
}

/** One row of an import. */
export interface GivenRow {
  import: string
  at: string
  identifiers: Identifier[]
  bought: Bought | null
  /** Whether what earlier imports gave is to be taken back. */
  replaces: boolean
}

/** The same with values in place of places. */
interface Said {
  emails: string[]
  advertising_ids: string[]
}
type SaidGift = Said & Omit<Gift, keyof Given>
interface Told {
  direct: Said | null
  gifts: SaidGift[]
}

export function identifiersOf({
  emails,
  advertising_ids,
}: Pick<CustomerContent, 'emails' | 'advertising_ids'>): Identifier[] {
  return [
    ...emails.map((value): Identifier => ({ kind: 'email_sha256', value })),
    ...advertising_ids.map((value): Identifier => ({ kind: 'advertising_id', value })),
  ]
}

/**
 * The content with what a call or an order says joined to it; the same object if it has it all. A 400
 * where that would be too many.
 */
export function joinIdentifiers(
  content: CustomerContent,
  identifiers: Identifier[],
): CustomerContent {
  const joined = joinDirect(content, identifiers)
  if (joined === content || !hasTooMany(joined)) return joined
  throw invalidField(
    'email_sha256',
    `This customer has ${MAX_CUSTOMER_IDENTIFIERS} identifiers already: they stand for no one person. ` +
      'Replace them by those that are its own.',
  )
}

/** Whether a customer would carry more identifiers than one can have. */
export function hasTooMany({ emails, advertising_ids }: CustomerContent): boolean {
  return emails.length + advertising_ids.length > MAX_CUSTOMER_IDENTIFIERS
}

function joinDirect(content: CustomerContent, identifiers: Identifier[]): CustomerContent {
  if (!content.sources) {
    const said = joinSaid(content, identifiers)
    return said === content ? content : { id: content.id, ...said }
  }
  const told = toldOf(content)
  const direct = joinSaid(told.direct ?? NOTHING_SAID, identifiers)
  if (direct === told.direct) return content
  return toContent(content, { ...told, direct })
}

/** The content with what a call says in place of all that is there; purchases stay. */
export function replaceIdentifiers(
  content: CustomerContent,
  identifiers: Identifier[],
): CustomerContent {
  const gifts = toldOf(content).gifts.map((gift) => ({ ...gift, ...NOTHING_SAID }))
  const direct = joinSaid(NOTHING_SAID, identifiers)
  return toContent({ ...content, emails: [], advertising_ids: [] }, { direct, gifts })
}

/** The content of a customer whom nobody but this row has told of. */
export function contentOfRow(id: string, row: GivenRow): CustomerContent {
  const emails: string[] = []
  const advertisingIds: string[] = []
  for (const { kind, value } of row.identifiers) {
    if (kind === 'email_sha256') emails.push(value)
    else advertisingIds.push(value)
  }
  const gift = {
    import: row.import,
    at: row.at,
    emails: [...emails.keys()],
    advertising_ids: [...advertisingIds.keys()],
    bought: row.bought,
  }
  return { id, emails, advertising_ids: advertisingIds, sources: { direct: null, gifts: [gift] } }
}

/**
 * The content with a row of an import joined to what that import said before; the same if it has. Where
 * it replaces, earlier imports' word goes at once if nobody misses it. If somebody would, it stays until
 * the whole file was read: a later row may say it again.
 */
export function giveRow(content: CustomerContent, row: GivenRow): CustomerContent {
  const told = toldOf(content)
  const others = told.gifts.filter((gift) => gift.import !== row.import)
  const mine = told.gifts.find((gift) => gift.import === row.import)
  const said = joinSaid(mine ?? NOTHING_SAID, row.identifiers)
  const bought = joinBought(mine?.bought ?? null, row.bought)
  const isSame = mine && said === mine && sameBought(bought, mine.bought)
  const { emails, advertising_ids } = said
  const gift = { import: row.import, at: mine?.at ?? row.at, emails, advertising_ids, bought }
  const { direct } = told
  const joined = isSame ? content : toContent(content, { direct, gifts: [...others, gift] })
  if (!row.replaces || others.length === 0) return joined
  const replaced = toContent(content, { direct, gifts: [gift] })
  return differs(joined, replaced) ? joined : replaced
}

/** Whether identifiers, or what imports say of purchases, are others now. */
export function differs(before: CustomerContent, after: CustomerContent): boolean {
  const isOther = (left: string[], right: string[]): boolean =>
    left.length !== right.length || !new Set(left).isSubsetOf(new Set(right))
  if (isOther(before.emails, after.emails)) return true
  if (isOther(before.advertising_ids, after.advertising_ids)) return true
  return !sameBought(importedDatesOf(before), importedDatesOf(after))
}

/** The content without what these imports said; null when nobody else has told of the customer. */
export function takeBack(
  content: CustomerContent,
  isTaken: (importId: string) => boolean,
): CustomerContent | null {
  const told = toldOf(content)
  const gifts = told.gifts.filter((gift) => !isTaken(gift.import))
  if (gifts.length === told.gifts.length) return content
  if (gifts.length === 0 && told.direct === null) return null
  return toContent(content, { direct: told.direct, gifts })
}

/** The imports whose word counts, `import-…`. */
export function importsOf(content: CustomerContent): string[] {
  return content.sources?.gifts.map((gift) => gift.import) ?? []
}

/** What the first import to say so says of the customer's purchases. */
export function importedPurchaseOf(content: CustomerContent): ImportedPurchase | null {
  let first: Gift | undefined
  for (const gift of content.sources?.gifts ?? []) {
    if (gift.bought && (!first || gift.at < first.at)) first = gift
  }
  return first?.bought ? { import: first.import, at: first.at, ...first.bought } : null
}

/** What all imports together say of the customer's purchases. */
export function importedDatesOf(content: CustomerContent): Bought | null {
  const gifts = content.sources?.gifts ?? []
  return gifts.reduce<Bought | null>((all, { bought }) => joinBought(all, bought), null)
}

/** What one import says of the customer's purchases. */
export function boughtBy(content: CustomerContent, importId: string): Bought | null {
  return content.sources?.gifts.find((gift) => gift.import === importId)?.bought ?? null
}

const NOTHING_SAID: Said = { emails: [], advertising_ids: [] }

function toldOf({ emails, advertising_ids, sources }: CustomerContent): Told {
  if (!sources) return { direct: { emails, advertising_ids }, gifts: [] }
  const pick = (given: Given): Said => ({
    emails: given.emails.flatMap((place) => emails[place] ?? []),
    advertising_ids: given.advertising_ids.flatMap((place) => advertising_ids[place] ?? []),
  })
  return {
    direct: sources.direct && pick(sources.direct),
    gifts: sources.gifts.map((gift) => ({ ...gift, ...pick(gift) })),
  }
}

/** Keeps the order of what was there; what nobody says any more is left out. */
function toContent(before: CustomerContent, { direct, gifts }: Told): CustomerContent {
  const all = [...(direct ? [direct] : []), ...gifts]
  const listOf = (name: keyof Said): string[] => {
    const said = new Set(all.flatMap((each) => each[name]))
    return [...new Set([...before[name].filter((value) => said.has(value)), ...said])]
  }
  const emails = listOf('emails')
  const advertisingIds = listOf('advertising_ids')
  const content = { id: before.id, emails, advertising_ids: advertisingIds }
  if (gifts.length === 0) return content
  const placesOf = (said: Said): Given => ({
    emails: said.emails.map((value) => emails.indexOf(value)),
    advertising_ids: said.advertising_ids.map((value) => advertisingIds.indexOf(value)),
  })
  const sources = {
    direct: direct && placesOf(direct),
    gifts: gifts.map((gift) => ({ ...gift, ...placesOf(gift) })),
  }
  return { ...content, sources }
}

/** The same object if all of it was said before. */
function joinSaid<T extends Said>(said: T, identifiers: Identifier[]): T | Said {
  const emails = new Set(said.emails)
  const advertisingIds = new Set(said.advertising_ids)
  for (const { kind, value } of identifiers) {
    if (kind === 'email_sha256') emails.add(value)
    else advertisingIds.add(value)
  }
  const isSame =
    emails.size === said.emails.length && advertisingIds.size === said.advertising_ids.length
  if (isSame && said !== NOTHING_SAID) return said
  return { emails: [...emails], advertising_ids: [...advertisingIds] }
}

/** The earliest first and the latest last purchase. */
function joinBought(left: Bought | null, right: Bought | null): Bought | null {
  if (!left || !right) return left ?? right
  const dates = [left.first, right.first].filter((date) => date !== null).sort()
  const lasts = [left.last, right.last].filter((date) => date !== null).sort()
  return { first: dates[0] ?? null, last: lasts.at(-1) ?? null }
}

function sameBought(left: Bought | null, right: Bought | null): boolean {
  return left?.first === right?.first && left?.last === right?.last && !left === !right
}
