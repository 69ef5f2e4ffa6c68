import { createHash } from 'node:crypto'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { hashEmail } from '../src/index.ts'
import { refused, taken } from './golden-emails.ts'

const known = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'

test.each([
  'user@example.com',
  ' User@Example.COM\r\n',
  '\ufeffuser@example.com',
  '\u00a0user@example.com\u2003',
])('%j is hashed as the known answer', (email) => {
  expect(hashEmail(email)).toBe(known)
})

test('lower-casing follows Unicode, not the locale', () => {
  const expected = createHash('sha256').update('jörg.i@example.com').digest('hex')
  expect(hashEmail('JÖRG.I@EXAMPLE.COM')).toBe(expected)
})

test.each([
  ['', /empty/],
  [' \ufeff', /empty/],
  [known, /already hashed/],
  [` ${known.toUpperCase()} `, /already hashed/],
  ['b58996c504c5638798eb6b511e6f49af', /already hashed/],
  ['canary.example.com', /no @/],
  ['canary@', /beside its @/],
  ['@canary.example', /beside its @/],
  ['Canary <canary@example.com> or so', /one address/],
  ['=canary@example.com', /no address holds/],
  ['canary@example.com other@example.com', /one address/],
])('%j is refused with a reason', (email, reason) => {
  expect(() => hashEmail(email)).toThrow(TypeError)
  expect(() => hashEmail(email)).toThrow(reason)
})

test.each(taken)('%j is hashed as %j', (text, address) => {
  expect(hashEmail(text)).toBe(createHash('sha256').update(address).digest('hex'))
})

test.each(refused)('%j is not hashed', (text) => {
  expect(() => hashEmail(text)).toThrow(TypeError)
})

test.each([undefined, null, 7, {}])('%j is refused', (email) => {
  expect(() => hashEmail(email as string)).toThrow(/must be a string/)
})

test('a refusal never echoes the value, and whatever passes is 64 hex digits', () => {
  const odd = fc.oneof(fc.string({ unit: 'grapheme' }), fc.emailAddress(), fc.constant(known))
  fc.assert(
    fc.property(odd, (text) => {
      const email = `canary${text}`
      try {
        expect(hashEmail(email)).toMatch(/^[0-9a-f]{64}$/)
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        expect(String(error)).not.toContain('canary')
      }
    }),
  )
})
