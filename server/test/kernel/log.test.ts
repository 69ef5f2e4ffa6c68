import { Writable } from 'node:stream'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logOptions } from '../../src/kernel/log.ts'
import { databases } from '../support/databases.ts'
import type { FreshDatabase } from '../support/databases.ts'

const CANARY = 'canary-buyer@mail.example'

function logLine(error: unknown): string {
  let line = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      line += chunk.toString()
      done()
    },
  })
  pino(logOptions('info'), stream).error({ err: error }, 'It failed.')
  return line
}

describe.each(databases)('an error of $name', ({ create }) => {
  let fresh: FreshDatabase
  beforeAll(async () => {
    fresh = await create()
  }, 120_000)
  afterAll(() => fresh.drop())

  test.each([
    ['a NUL', sql`select ${`${CANARY}\0`}::text`, /"code":"(22021|22P05)"/],
    ['a wrong uuid', sql`select ${CANARY}::uuid`, /"code":"22P02"/],
    ['a wrong number', sql`select ${CANARY}::integer`, /"code":"22P02"/],
    ['a row that is there', sql`insert into t values (${CANARY})`, /"constraint":"t_pkey"/],
    [
      'a row that is wrong',
      sql`insert into t values (${`${CANARY}2`})`,
      /"constraint":"t_a_check"/,
    ],
  ])('that names %s is logged without it', async (_name, statement, fact) => {
    const failed = await fresh.database.db.connection().execute(async (db) => {
      await sql`drop table if exists pg_temp.t`.execute(db)
      await sql`create temp table t (a text primary key check (a not like '%2'))`.execute(db)
      await sql`insert into t values (${CANARY})`.execute(db)
      return statement.execute(db).catch((error: unknown) => error)
    })
    const line = logLine(failed)
    expect(line).not.toContain(CANARY)
    expect(line).toMatch(fact)
    expect(line).toContain('log.test.ts')
  })
})

test('what an engine quotes is left out, also of causes', () => {
  const parse = (): unknown => JSON.parse(`{"email": ${CANARY}}`)
  let cause: unknown
  try {
    parse()
  } catch (error) {
    cause = error
  }
  const url = (): unknown => new URL(`//${CANARY}`)
  expect(logLine(new Error('outer', { cause }))).not.toContain('canary')
  expect(logLine(new AggregateError([cause], 'all failed'))).not.toContain('canary')
  expect(url).toThrow()
  try {
    url()
  } catch (error) {
    expect(logLine(error)).not.toContain('canary')
  }
})

test('an error of this program keeps its message', () => {
  expect(logLine(new Error('the set "orders" was left'))).toContain('the set \\"orders\\" was left')
})
