import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import { postgresql } from '../../support/databases.ts'
import type { FreshDatabase } from '../../support/databases.ts'

let fresh: FreshDatabase
beforeAll(async () => {
  fresh = await postgresql.create()
})
afterAll(() => fresh.drop())

function read(time: string, zone: string): Promise<unknown> {
  return inTx(fresh.database.db, async (tx) => {
    await sql`select set_config('timezone', ${zone}, true)`.execute(tx)
    const { rows } = await sql<{ at: unknown }>`select ${time}::timestamptz as at`.execute(tx)
    return rows[0]?.at
  })
}

test.each(['UTC', 'Asia/Kathmandu', 'America/St_Johns'])('times are read in %s', async (zone) => {
  for (const time of [
    '2026-11-26T23:59:59.999Z',
    '2026-02-28T00:00:00.000Z',
    '2024-02-29T12:00:00.120Z',
    '1969-12-31T23:59:59.001Z',
    '0099-01-01T00:00:00.000Z',
  ]) {
    expect(await read(time, zone), time).toEqual(new Date(time))
  }
  // PostgreSQL has microseconds; a Date is the millisecond that they lie in.
  const fine = await read('2026-11-26T07:34:43.883999Z', zone)
  expect(fine).toEqual(new Date('2026-11-26T07:34:43.883Z'))
  expect(await read('10026-01-01 00:00:00+00', zone)).toEqual(new Date(Date.UTC(10_026, 0, 1)))
  expect(await read('0044-03-15 00:00:00+00 BC', zone)).toEqual(new Date(Date.UTC(-43, 2, 15)))
  expect(await read('infinity', zone)).toBe(Infinity)
})
