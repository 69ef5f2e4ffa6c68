import fc from 'fast-check'
import { expect, test } from 'vitest'
import { customerKey } from '../../src/customers/customer.ts'
import { Problem } from '../../src/kernel/problem.ts'
import { createVault } from '../../src/kernel/vault.ts'
import { issueQuote, markActive, packMerchants, parseQuote } from '../../src/offers/quote.ts'
import { EMPTY_PROFILE } from '../../src/organizations/organization.ts'
import type { Organization } from '../../src/organizations/organization.ts'

const vault = createVault(Buffer.alloc(32, 1))
const at = new Date('2025-03-04T10:00:00.000Z')
const expires = '2025-03-05T10:00:00.000Z'
const [publisher, otherPublisher] = [organization(1), organization(2)]
const [newAt, activeAt, absent] = [organization(10), organization(11), organization(12)]

const user = customerKey(vault, publisher, 'kim')
const terms = {
  user,
  merchants: packMerchants([10, 11]),
  active: markActive([10, 11], new Set([11])),
  at,
}
const quote = issueQuote(vault, terms)
const use = { publisher, userId: 'kim' as string | null, merchant: newAt, now: at }

const read = (change: Partial<typeof use> = {}, id = quote.id) =>
  parseQuote(vault, id, { ...use, ...change })

const refusal = (change: Partial<typeof use>, id = quote.id): string => {
  try {
    read(change, id)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    expect([error.status, error.type, error.details]).toEqual([
      400,
      'InvalidField',
      { field: 'quote' },
    ])
    return error.message
  }
  throw new Error('it was accepted')
}

test('a quote promises the segment at each of its merchants, for 24 hours', () => {
  expect(quote.expires).toBe(expires)
  const promise = { id: expect.any(String) as string, at: at.toISOString(), expires }
  expect(read()).toEqual({ ...promise, segment: 'new' })
  expect(read({ merchant: activeAt })).toEqual({ ...promise, segment: 'active' })
  expect(read({ merchant: activeAt }).id).toBe(read().id)
  expect(read({ now: new Date(expires) }).segment).toBe('new')
})

test('two quotes of the same terms are two', () => {
  expect(read({}, issueQuote(vault, terms).id).id).not.toBe(read().id)
})

test('what is wrong is said', () => {
  expect(refusal({ userId: 'lee' })).toMatch(/another user/)
  expect(refusal({ userId: null })).toMatch(/another user/)
  expect(refusal({ now: new Date(Date.parse(expires) + 1) })).toBe(
    `quote expired at ${expires}; ask for the offers again`,
  )
  expect(refusal({ merchant: absent })).toMatch(/does not include the merchant/)
})

test("another publisher's quote is answered like a forged one", () => {
  const theirs = refusal({ publisher: otherPublisher })
  expect(theirs).toBe(refusal({}, `quote-${Buffer.alloc(300, 1).toString('base64url')}`))
  expect(theirs).toMatch(/not one that this API gave/)
})

test('no part of a quote can be changed, cut off or added to', () => {
  const bits = quote.id.length * 7
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer({ min: 0, max: quote.id.length - 1 }).map((end) => quote.id.slice(0, end)),
        fc.integer({ min: 0, max: bits - 1 }).map((bit) => flip(quote.id, bit)),
        fc.tuple(fc.nat(quote.id.length), fc.string({ minLength: 1 })).map(([where, text]) => {
          return quote.id.slice(0, where) + text + quote.id.slice(where)
        }),
        fc.string(),
        fc.string().map((text) => `quote-${text}`),
        fc.uint8Array().map((bytes) => `quote-${Buffer.from(bytes).toString('base64url')}`),
      ),
      (forged) => {
        fc.pre(forged !== quote.id)
        expect(refusal({}, forged)).toMatch(/not one that this API gave/)
      },
    ),
    { numRuns: 2_000 },
  )
})

test('what the vault encrypted for something else is no quote', () => {
  const content = ['id', user, 0, Date.parse(expires), terms.merchants, terms.active, 2]
  const blob = vault.encrypt('customers/kim', content)
  expect(refusal({}, `quote-${blob.toString('base64url')}`)).toMatch(/not one that this API gave/)
})

test('each merchant is found again, and no other', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 60 })),
      fc.uniqueArray(fc.integer({ min: 1, max: 60 })),
      (news, actives) => {
        const only = actives.filter((number) => !news.includes(number))
        const all = [...news, ...only]
        const listed = { merchants: packMerchants(all), active: markActive(all, new Set(only)) }
        const { id } = issueQuote(vault, { ...terms, ...listed })
        const [none, every] = [new Set<number>(), new Set(all)].map((active) =>
          issueQuote(vault, { ...listed, user, at, active: markActive(all, active) }),
        )
        expect([none?.id.length, every?.id.length], 'one length').toEqual([id.length, id.length])
        for (let number = 1; number <= 60; number++) {
          const merchant = organization(number)
          if (news.includes(number)) expect(read({ merchant }, id).segment).toBe('new')
          else if (only.includes(number)) expect(read({ merchant }, id).segment).toBe('active')
          else expect(refusal({ merchant }, id)).toMatch(/does not include the merchant/)
        }
      },
    ),
    { numRuns: 50 },
  )
})

test('a quote that was given out before quotes had one length is good until it expires', () => {
  const content = ['id', user, at.getTime(), Date.parse(expires), packMerchants([10]), 'b']
  const id = `quote-${vault.encrypt('quote', content).toString('base64url')}`
  expect(read({}, id).segment).toBe('new')
  expect(read({ merchant: activeAt }, id).segment).toBe('active')
  expect(refusal({ merchant: absent }, id)).toMatch(/does not include the merchant/)
})

test('200 merchants fit into 2 KB wherever they stand, and nothing can be read off', () => {
  const numbers = Array.from({ length: 200 }, (_, index) => 1 + index * 10_000_000)
  const merchants = packMerchants(numbers)
  const active = markActive(numbers, new Set(numbers.slice(0, 100)))
  const { id } = issueQuote(vault, { ...terms, merchants, active })
  expect(id.length).toBeLessThan(2_048)
  const bytes = Buffer.from(id.slice(6), 'base64url').toString('latin1')
  expect(bytes).not.toContain(merchants.slice(0, 5))
  expect(bytes).not.toContain(user.slice(0, 8))
})

function flip(text: string, bit: number): string {
  const index = Math.floor(bit / 7)
  const changed = text.charCodeAt(index) ^ (1 << (bit % 7))
  return text.slice(0, index) + String.fromCharCode(changed) + text.slice(index + 1)
}

function organization(number: number): Organization {
  return {
    id: `org-${String(number).padStart(16, '0')}`,
    number,
    role: number < 10 ? 'publisher' : 'merchant',
    name: `organization ${number}`,
    segmentsOnAt: at,
    period: 1,
    finalizationDays: 30,
    verdictPolicy: 'network',
    evidencePolicy: 'before_click',
    answersPublishers: false,
    operatorMayLook: true,
    requestsPerMinute: 0,
    retentionDays: null,
    retentionSince: null,
    profile: EMPTY_PROFILE,
    createdAt: at,
  }
}
