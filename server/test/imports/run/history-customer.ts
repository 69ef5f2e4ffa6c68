export interface Dates {
  first: string | null
  last: string | null
}

export interface Gift {
  at: number
  identifiers: Set<string>
  bought: Dates | null
}

export interface Customer {
  /** Null for a guest, who can't be asked for. */
  id: string | null
  organization: number
  /** Null: no call and no order ever named the customer. */
  direct: Set<string> | null
  gifts: Map<string, Gift>
}

export function isHash(identifier: string): boolean {
  return identifier.length === 64
}

export function keyOf(organization: number, id: string): string {
  return `${organization} ${id}`
}

export function identifiersOf({ direct, gifts }: Pick<Customer, 'direct' | 'gifts'>): Set<string> {
  return new Set([
    ...(direct ?? []),
    ...[...gifts.values()].flatMap((gift) => [...gift.identifiers]),
  ])
}

/** All that can be seen of what was said of a customer. */
export function wordOf(customer: Customer): string {
  const dates = joinDates([...customer.gifts.values()].map(({ bought }) => bought))
  return JSON.stringify([[...identifiersOf(customer)].sort(), dates])
}

export function joinDates(all: (Dates | null)[]): Dates | null {
  const known = all.filter((each) => each !== null)
  if (known.length === 0) return null
  const firsts = known.flatMap(({ first }) => first ?? []).sort()
  const lasts = known.flatMap(({ last }) => last ?? []).sort()
  return { first: firsts[0] ?? null, last: lasts.at(-1) ?? null }
}

/** What takes the place of others: that the customer has bought is known since the first that said so. */
export function takeOver(gift: Gift, replaced: Gift[]): Gift {
  if (gift.bought === null) return gift
  const saidSo = replaced.filter(({ bought }) => bought !== null)
  return { ...gift, at: Math.min(gift.at, ...saidSo.map(({ at }) => at)) }
}
