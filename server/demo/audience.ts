import { emailOf } from './purchases.ts'

/** Someone as a publisher knows them. */
export interface Person {
  /** The publisher's own id. */
  id: string
  emails: string[]
  /** Who of the shop's customers this is: a couple is two of them, a stranger none. */
  shoppers: string[]
  /** Whether the publisher comes to know them only after their first purchase. */
  signsUpLate: boolean
}

/** Every second shopper. */
export const knownToA = (index: number): boolean => index % 2 === 0
/** Every fourth shopper, half of them known to A as well. */
export const knownToB = (index: number): boolean => index % 8 < 2

// In every hundred people: one couple, five late ones; and ten with a second address.
const isCouple = (index: number): boolean => index % 100 === 50
const isLate = (index: number): boolean => index % 20 === 7
const hasTwoAddresses = (index: number): boolean => index % 10 === 3
const STRANGERS_SHARE = 0.1

/**
 * The people that a publisher knows. The same shoppers give the same people every time. Nobody signs up late of
 * those in `past`, who have bought before the publishers report anybody.
 */
export function chooseAudience(
  prefix: string,
  shoppers: string[],
  isKnown: (index: number) => boolean,
  past: ReadonlySet<string> = new Set(),
): Person[] {
  const known = shoppers.filter((_shopper, index) => isKnown(index))
  const people: Person[] = []
  for (let index = 0; index < known.length; index++) {
    const its = isCouple(index) ? known.slice(index, index + 2) : known.slice(index, index + 1)
    const [first = ''] = its
    const second = hasTwoAddresses(index) ? [`customer-${first}@home.example`] : []
    people.push({
      id: `${prefix}-${first}`,
      emails: [...second, ...its.map(emailOf)],
      shoppers: its,
      signsUpLate: isLate(index) && !past.has(first),
    })
    index += its.length - 1
  }
  const strangers = Math.round(people.length * STRANGERS_SHARE)
  for (let index = 1; index <= strangers; index++) {
    const id = `${prefix}-guest-${index}`
    people.push({ id, emails: [`${id}@home.example`], shoppers: [], signsUpLate: false })
  }
  return people
}
