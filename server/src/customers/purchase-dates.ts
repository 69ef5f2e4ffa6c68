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
