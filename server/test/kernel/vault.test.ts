import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ownedKey, ownerOf, toUuid } from '../../src/kernel/key.ts'
import { createVault } from '../../src/kernel/vault.ts'

const vault = createVault(Buffer.alloc(32, 1))

test('what is encrypted comes back, and only for its own row', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const blob = vault.encrypt('customers/a', value)
      // JSON knows no negative zero.
      expect(vault.decrypt('customers/a', blob)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(() => vault.decrypt('customers/b', blob)).toThrow()
    }),
  )
})

test('a blob with any byte changed is refused', () => {
  const blob = vault.encrypt('orders/a', { order_id: 'o-1' })
  for (let index = 0; index < blob.length; index++) {
    const bent = Buffer.from(blob)
    bent[index] = (bent[index] ?? 0) ^ 1
    expect(() => vault.decrypt('orders/a', bent)).toThrow()
  }
})

test('the same value is never encrypted the same way twice, nor legible', () => {
  const [one, two] = [vault.encrypt('a', 'a secret'), vault.encrypt('a', 'a secret')]
  expect(one.equals(two)).toBe(false)
  expect(one.includes('secret')).toBe(false)
})

test('seals of one value differ by purpose, and parts do not run into each other', () => {
  const seals = [
    vault.seal('identity', 'a', 'b'),
    vault.seal('customer', 'a', 'b'),
    vault.seal('customer', 'ab'),
    vault.seal('customer', 'a', 'b', ''),
  ].map((seal) => seal.toString('hex'))
  expect(new Set(seals).size).toBe(4)
  expect(vault.seal('identity', 'a')).toHaveLength(16)
})

test('another key cannot read, and says so by its check value', () => {
  const other = createVault(Buffer.alloc(32, 2))
  expect(() => other.decrypt('a', vault.encrypt('a', 1))).toThrow()
  expect(other.checkValue.equals(vault.checkValue)).toBe(false)
})

test('whose a row is can be read off its key', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (number) => {
      const key = ownedKey(number, vault.seal('customer', 'x'))
      expect(ownerOf(key)).toBe(number)
      expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    }),
  )
  expect(toUuid(Buffer.from('00112233445566778899aabbccddeeff', 'hex'))).toBe(
    '00112233-4455-6677-8899-aabbccddeeff',
  )
})
