import type { Dice } from '../../crash/dice.ts'
import { emailHash } from '../../support/hash.ts'

/* Forty people by number. What the worlds differ in may touch those whom the contract lets nobody learn of. */

/** They have bought at the merchant before anything else, for good: their segments are the same in both worlds. */
export const BUYERS = 5
/** Customers of the publisher, the buyers among them. */
export const CUSTOMERS = 20
/** With those whom the publisher never names. */
export const PEOPLE = 40

export const hashOf = (person: number): string => emailHash(`person-${person}`)

/**
 * One or both of a person's addresses. Nobody shares one: a call that moves two customers at one moment tells of them
 * in the order of random ids.
 */
export function identifiersOf(dice: Dice, person: number): { emails_sha256: string[] } {
  const both = [hashOf(person), hashOf(person + PEOPLE)]
  const [from, count] = [dice.whole(2), 1 + dice.whole(2)]
  return { emails_sha256: both.slice(from, from + count) }
}

/** A file of customers with ids that begin with the prefix. */
export function fileOf(prefix: string, people: number[]): string {
  const rows = people.map((person) => `${prefix}${person},${hashOf(person)}`)
  return ['user_id,email_sha256', ...rows].join('\n')
}
