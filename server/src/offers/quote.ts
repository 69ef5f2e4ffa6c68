import { randomUUID } from 'node:crypto'
import { customerKey } from '../customers/customer.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Problem } from '../kernel/problem.ts'
import { invalidField } from '../kernel/problem.ts'
import type { Vault } from '../kernel/vault.ts'
import type { QuotePromise } from '../orders/order.ts'
import type { Organization } from '../organizations/organization.ts'
import { DAY_MS } from '../kernel/durations.ts'

// A shopper who is shown a rate today may buy tomorrow; beyond that a merchant would pay for what was
// true once.
const VALID_MS = DAY_MS
const PREFIX = 'quote-'
const ROW = 'quote'

/** What a quote promises, and the user it is for. */
export interface QuoteTerms {
  /** The key of the publisher's customer. */
  user: string
  /** The merchants that it is good for; see packMerchants. */
  merchants: string
  /** Where of these the user is active; see markActive. */
  active: string
  /** When the user's segments were looked at. */
  at: Date
}

/** A quote as it is given out; `expires` is RFC 3339. */
export interface IssuedQuote {
  id: string
  expires: string
}

/** What is encrypted in a quote's id. It travels with each link, so it is kept short. */
type QuoteContent = [
  id: string,
  /** The key of the publisher's customer, which tells the publisher too. */
  user: string,
  at: number,
  expires: number,
  merchants: string,
  active: string,
  format: 2,
]

/** As quotes were until their length told where a user is active; the last of them expired a day later. */
type FirstQuoteContent = [
  ...rest: [string, string, number, number],
  newAt: string,
  activeAt: string,
]

/**
 * Merchants as a quote lists them: in order of number, each as its distance from the one before in
 * base 36. Networks count from 1, so that most take two characters.
 */
export function packMerchants(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted.map((number, at) => (number - (sorted[at - 1] ?? 0)).toString(36)).join(' ')
}

/** A bit for each of the merchants, in order of number, in base64url: 1 where the user is active. */
export function markActive(numbers: Iterable<number>, active: ReadonlySet<number>): string {
  const sorted = [...numbers].toSorted((a, b) => a - b)
  const bits = Buffer.alloc(Math.ceil(sorted.length / 8))
  for (const [at, number] of sorted.entries()) {
    if (active.has(number)) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
  }
  return bits.toString('base64url')
}

function isMarked(active: string, at: number): boolean {
  return ((Buffer.from(active, 'base64url')[at >> 3] ?? 0) & (1 << (at & 7))) !== 0
}

/** Where the merchant stands in the list; undefined where it does not. */
function findPacked(packed: string, merchant: Organization): number | undefined {
  let number = 0
  for (const [at, step] of packed.split(' ').entries()) {
    number += Number.parseInt(step, 36)
    if (number === merchant.number) return at
  }
  return undefined
}

/**
 * Makes a quote: all of it is in its id, nothing is stored. 200 merchants take less than 2 KB. What is
 * encrypted is as long wherever the user is active, for whoever measures it.
 */
export function issueQuote(vault: Vault, { user, merchants, active, at }: QuoteTerms): IssuedQuote {
  const expires = at.getTime() + VALID_MS
  const content: QuoteContent = [randomUUID(), user, at.getTime(), expires, merchants, active, 2]
  const id = PREFIX + vault.encrypt(ROW, content).toString('base64url')
  return { id, expires: new Date(expires).toISOString() }
}

/** The publisher that wants to use a quote, the user it is for, and the merchant. */
export interface QuoteUse {
  publisher: Organization
  /** The publisher's own id of the customer that the link is for; null where it names nobody. */
  userId: string | null
  merchant: Organization
  now: Date
}

/**
 * What the quote promises at the merchant. Throws a 400 that says which it is: forged (another
 * publisher's is answered alike), for another user, expired, or without the merchant.
 */
export function parseQuote(
  vault: Vault,
  quoteId: string,
  { publisher, userId, merchant, now }: QuoteUse,
): QuotePromise {
  const content = decryptQuote(vault, quoteId)
  const [id, user, at, expires] = content
  if (ownerOf(user) !== publisher.number) throw notOurs()
  if (userId === null || user !== customerKey(vault, publisher, userId)) {
    throw invalidField(
      'quote',
      'quote was given out for another user than the one in experience.btn_pub_user',
    )
  }
  const expiresAt = new Date(expires).toISOString()
  if (now.getTime() > expires) {
    throw invalidField('quote', `quote expired at ${expiresAt}; ask for the offers again`)
  }
  const segment = segmentAt(content, merchant)
  if (segment === undefined) {
    throw invalidField(
      'quote',
      'quote does not include the merchant of the url: only those whose offers came with it',
    )
  }
  return { id, segment, at: new Date(at).toISOString(), expires: expiresAt }
}

function segmentAt(
  content: QuoteContent | FirstQuoteContent,
  merchant: Organization,
): QuotePromise['segment'] | undefined {
  if (content.length === 6) {
    const [, , , , newAt, activeAt] = content
    if (findPacked(activeAt, merchant) !== undefined) return 'active'
    return findPacked(newAt, merchant) === undefined ? undefined : 'new'
  }
  const [, , , , merchants, active] = content
  const at = findPacked(merchants, merchant)
  if (at === undefined) return undefined
  return isMarked(active, at) ? 'active' : 'new'
}

function decryptQuote(vault: Vault, quoteId: string): QuoteContent | FirstQuoteContent {
  const text = quoteId.slice(PREFIX.length)
  const blob = Buffer.from(text, 'base64url')
  // Decoding passes over what it doesn't know; an id that was changed in any way isn't ours.
  if (!quoteId.startsWith(PREFIX) || blob.toString('base64url') !== text) throw notOurs()
  try {
    return vault.decrypt<QuoteContent | FirstQuoteContent>(ROW, blob)
  } catch {
    throw notOurs()
  }
}

function notOurs(): Problem {
  return invalidField(
    'quote',
    'quote is not one that this API gave you: send the whole id as it came with the offers',
  )
}
