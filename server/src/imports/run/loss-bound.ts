/** What a replacement would take away. */
export interface Losses {
  /** Customers that would lose something that earlier imports gave them. */
  removed: number
  /** Of them, those that would be left without any identifier, or no longer count as having purchased. */
  stripped: number
}

/** What an organization has. */
export interface Population {
  /** Without guests. */
  customers: number
  /** Of them, those that have an identifier or have purchased. */
  carrying: number
}

// Files differ from day to day by less; what is beyond it was cut short, or exported otherwise.
const MANY = 50
const MANY_SHARE = 0.1
const MOST_SHARE = 0.5

/** Whether so much would be lost that somebody has to say that it is meant. */
export function exceedsLossBound(losses: Losses, has: Population): boolean {
  const { removed, stripped } = losses
  const losesMany = removed > MANY && removed > has.customers * MANY_SHARE
  return losesMany || stripped > has.carrying * MOST_SHARE
}
