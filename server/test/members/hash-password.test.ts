import { expect, test } from 'vitest'
import { createPasswordHashes, isOutdated } from '../../src/members/people/hash-password.ts'

test('a hash tells its parameters, and is of its password alone', async () => {
  const { hash, verify } = createPasswordHashes()
  const made = await hash('seven green bicycles')
  expect(made).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(isOutdated(made)).toBe(false)
  expect(isOutdated(made.replace('t=2', 't=1'))).toBe(true)
  expect(await verify('seven green bicycles', made)).toBe(true)
  expect(await verify('seven green bicycle', made)).toBe(false)
  expect(await verify('seven green bicycles', null)).toBe(false)
})

test('what looks the same is the same', async () => {
  const { hash, verify } = createPasswordHashes()
  expect(await verify('cafe\u0301 cafe\u0301 cafe', await hash('caf\u00e9 caf\u00e9 cafe'))).toBe(
    true,
  )
})

test('two at once, eight in line, and the others are told to come again', async () => {
  const { hash } = createPasswordHashes()
  const results = await Promise.allSettled(Array.from({ length: 14 }, () => hash('seven green')))
  const refused = results.filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(4)
  for (const each of refused) expect(each).toMatchObject({ reason: { status: 503 } })
  expect(await hash('seven green bicycles')).toContain('argon2id')
})

test('where there is no hash to compare with, as much is hashed', async () => {
  const { verify } = createPasswordHashes()
  const results = await Promise.allSettled(
    Array.from({ length: 14 }, () => verify('seven green bicycles', null)),
  )
  // They wait for their turn at hashing like all others.
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4)
})
