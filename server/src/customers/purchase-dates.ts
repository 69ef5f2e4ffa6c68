/** What an import says of when a customer purchased; RFC 3339. */
export interface PurchaseDates {
  first: string | null
  last: string | null
}

/** The earliest first and the latest last purchase. */
export function joinPurchaseDates(
  left: PurchaseDates | null,
  right: PurchaseDates | null,
): PurchaseDates | null {
  if (!left || !right) return left ?? right
  const dates = [left.first, right.first].filter((date) => date !== null).sort()
  const lasts = [left.last, right.last].filter((date) => date !== null).sort()
  return { first: dates[0] ?? null, last: lasts.at(-1) ?? null }
}

export function samePurchaseDates(
  left: PurchaseDates | null,
  right: PurchaseDates | null,
): boolean {
  return left?.first === right?.first && left?.last === right?.last && !left === !right
}

interface Word {
  /** RFC 3339: since when it has been said. */
  at: string
  /** Null where it does not say that the customer has purchased. */
  purchaseDates: PurchaseDates | null
}

/**
 * What takes the place of what was said before: that the customer has purchased is known since the first of
 * that which said so. Else every nightly replacement of a list would make all that is known new.
 */
export function takeOver<T extends Word>(word: T, replaced: readonly Word[]): T {
  if (word.purchaseDates === null) return word
  const saidSo = replaced.filter(({ purchaseDates }) => purchaseDates !== null)
  const [at = word.at] = [word.at, ...saidSo.map((each) => each.at)].sort()
  return { ...word, at }
}
