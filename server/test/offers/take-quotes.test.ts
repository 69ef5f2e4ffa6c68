import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTx } from '../../src/kernel/database/transaction.ts'
import { takeQuotes } from '../../src/offers/take-quotes.ts'
import { databases, postgresql } from '../support/databases.ts'
import type { FreshDatabase } from '../support/databases.ts'

const at = new Date('2025-03-04T10:00:00.000Z')

let fresh: FreshDatabase
afterEach(() => fresh.drop())

const take = (orders: [quote: string, order: string][]) =>
  inTx(fresh.database.db, (tx) => takeQuotes(tx, new Map(orders), at))

describe.each(databases)('quotes are taken once, on $name', ({ create }) => {
  beforeEach(async () => {
    fresh = await create()
  })

  test('the first order gets it, and gets it again', async () => {
    const [quote, order] = [randomUUID(), randomUUID()]
    expect(await take([[quote, order]])).toEqual(new Set([quote]))
    expect(await take([[quote, randomUUID()]])).toEqual(new Set())
    expect(await take([[quote, order]])).toEqual(new Set([quote]))
  })

  test('of a set each is answered by itself', async () => {
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()]
    await take([[two, randomUUID()]])
    const orders = [one, two, three].map((quote): [string, string] => [quote, randomUUID()])
    expect(await take(orders)).toEqual(new Set([one, three]))
    expect(await take([])).toEqual(new Set())
  })

  test('what was rolled back was not taken', async () => {
    const [quote, order] = [randomUUID(), randomUUID()]
    const failing = inTx(fresh.database.db, async (tx) => {
      await takeQuotes(tx, new Map([[quote, randomUUID()]]), at)
      throw new Error('the order was refused')
    })
    await expect(failing).rejects.toThrow('the order was refused')
    expect(await take([[quote, order]])).toEqual(new Set([quote]))
  })
})

describe('quotes that many orders want at once', () => {
  beforeEach(async () => {
    fresh = await postgresql.create({ poolSize: 20 })
  })

  test('exactly one of them gets each, whatever the order they ask in', async () => {
    for (let round = 0; round < 20; round++) {
      const quotes = Array.from({ length: 8 }, () => randomUUID())
      const sets = Array.from({ length: 20 }, (_, index): [string, string][] =>
        (index % 2 === 0 ? quotes : quotes.toReversed()).map((quote) => [quote, randomUUID()]),
      )
      const taken = await Promise.all(sets.map(take))
      for (const quote of quotes) {
        expect(taken.filter((its) => its.has(quote))).toHaveLength(1)
      }
    }
  })
})
