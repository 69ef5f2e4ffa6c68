import type { LineItem } from './order.ts'

/** The price of one, as it was reported; else what of the whole line falls on one, truncated. */
export function unitPrice({ amount, total, quantity }: LineItem): number {
  return amount ?? (quantity === 0 ? total : Math.trunc(total / quantity))
}

/** The attributes as texts, as parsers with types expect them; those that say nothing are left out. */
export function textAttributes({ attributes }: LineItem): Record<string, string> {
  const told = Object.entries(attributes).filter(([, value]) => value !== null)
  return Object.fromEntries(told.map(([name, value]) => [name, String(value)]))
}
