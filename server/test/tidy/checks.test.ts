import { describe, expect, test } from 'vitest'
import {
  checkConsole,
  checkDates,
  checkEnvironment,
  checkLeftOvers,
  checkSkippedTests,
} from './habits.ts'
import { checkImports, listCircles, listFullRooms } from './imports.ts'
import { checkExportedNames, checkFileName, listRepeatedNames } from './names.ts'
import { checkSizes } from './sizes.ts'
import { parse } from './source.ts'
import type { Check } from './source.ts'
import { checkTables, listCreatedTables, listFormerTables } from './tables.ts'

// A check that was never seen red proves nothing: each is shown what it must refuse, and next to
// it what it must let pass.

const src = (name: string) => `server/src/${name}.ts`
const orders = src('orders/order-store')
const inTest = 'server/test/order.test.ts'

type Sample = [path: string, text: string]
interface Samples {
  check: Check
  bad: Sample[]
  good: Sample[]
}

const samples: Record<string, Samples> = {
  imports: {
    check: checkImports,
    bad: [
      [src('kernel/id'), `import { find } from '../customers/customer-store.ts'`],
      [src('kernel/id'), `import { inTx } from './database/transaction.ts'`],
      [src('customers/write-drafts'), `import type { Order } from '../orders/order.ts'`],
      [src('events/event'), `export * from '../webhooks/transport/send.ts'`],
      [src('events/event'), `type Sent = import('../webhooks/transport/send.ts').Sent`],
      [src('events/event'), `await import('../webhooks/transport/send.ts')`],
      [src('webhooks/transport/send'), `import { sealed } from '../../customers/identity.ts'`],
      [src('webhooks/transport/send'), `import { claim } from '../dispatch/dispatcher.ts'`],
      [src('webhooks/transport/send'), `import { buildApp } from '../../app.ts'`],
      [src('http/shell'), `import { append } from '../events/event.ts'`],
      [orders, `import { ok } from '../http/envelope.ts'`],
      [orders, `import { startPostgres } from '../../test/support/postgres.ts'`],
      [orders, `import { Client } from '@newcomer/client'`],
      [src('misc/thing'), `import { id } from '../kernel/id.ts'`],
      [src('orders/misc/thing'), `import { id } from '../../kernel/id.ts'`],
      ['client/src/client.ts', `import { id } from '../../server/src/kernel/id.ts'`],
      [orders, `import { parseEmail } from '../../../client/src/customer-file/parse-email.ts'`],
      [src('imports/run/tally'), `import { send } from '../../../../client/src/send.ts'`],
      ['client/src/customer-file/parse-id.ts', `import { send } from '../send.ts'`],
      ['client/src/customer-file/parse-id.ts', `import { isUtf8 } from 'node:buffer'`],
    ],
    good: [
      [src('customers/write-drafts'), `import { sealed } from './identity.ts'`],
      [src('segments/derive'), `import { find } from '../customers/customer-store.ts'`],
      [src('webhooks/transport/send'), `import type { Event } from '../../events/event.ts'`],
      [src('webhooks/dispatch/dispatcher'), `import { send } from '../transport/send.ts'`],
      [src('orders/order-routes'), `import { ok } from '../http/envelope.ts'`],
      [src('audit/verify'), `import { list } from '../webhooks/attempts/attempt-store.ts'`],
      [src('app'), `import { orderRoutes } from './orders/order-routes.ts'`],
      [inTest, `import { derive } from '../src/segments/derive.ts'`],
      [src('organizations/partnership-routes'), `import { ok } from './organization.ts'`],
      [orders, `import { sql } from 'kysely'`],
      [
        src('imports/csv/parse-row'),
        `import { parseId } from '../../../../client/src/customer-file/parse-id.ts'`,
      ],
      ['client/src/hash-email.ts', `import { parseEmail } from './customer-file/parse-email.ts'`],
      ['client/src/customer-file/unpack.ts', `import * as zlib from 'node:zlib'`],
    ],
  },
  dates: {
    check: checkDates,
    bad: [
      [orders, 'Date.parse(text)'],
      [orders, 'const read = Date.parse'],
      [orders, 'new Date(text)'],
      [orders, 'new Date(body.start_date)'],
      [orders, 'new Date(`${text}Z`)'],
      [orders, `new Date(text + 'Z')`],
      ['client/src/retry.ts', 'new Date(value)'],
    ],
    good: [
      [orders, 'new Date()'],
      [orders, 'new Date(parsed.time)'],
      [orders, 'new Date(now.getTime() + DAY_MS)'],
      [orders, 'new Date(Number(at))'],
      [orders, 'new Date(Date.UTC(2026, 0, 1))'],
      [orders, 'new Date(2026, 0)'],
      [src('orders/decide'), 'new Date(quote.at)'],
      [inTest, 'Date.parse(text)'],
    ],
  },
  tables: {
    check: checkTables,
    bad: [
      [orders, 'sql`insert into customers (id) values (${id})`'],
      [orders, 'sql`with gone as (delete from only identities) select 1`'],
      [orders, 'sql<Row>`update "lanes" set acked = 1`'],
      [orders, 'sql`MERGE INTO events using x on true`'],
      [orders, 'sql`truncate attempts`'],
      [orders, 'sql`insert into unknown_table default values`'],
      [orders, 'sql`delete from ${sql.table(name)}`'],
      [orders, 'sql`insert into events_${day}_kept select 1`'],
      [orders, `sql.raw('delete from minute_counts')`],
      [orders, `client.query('update customers set version = 1')`],
      [orders, `db.insertInto('customers').values(row)`],
      [orders, `tx.updateTable('api_keys').set(row)`],
      [orders, `tx.deleteFrom(name)`],
      [src('operator'), 'sql`delete from orders`'],
    ],
    good: [
      [orders, 'sql`insert into orders as o (id) values (1) on conflict (id) do update set x = 1`'],
      [orders, 'sql`select 1 from customers for no key update skip locked`'],
      [orders, 'sql`select 1 from customers for update of customers`'],
      [orders, 'sql`select 1 -- then update customers`'],
      [orders, 'sql`select updated from customers`'],
      [orders, `throw new Error('Could not update customers')`],
      [orders, `db.updateTable('orders').set(row)`],
      [inTest, 'sql`delete from customers`'],
    ],
  },
  sizes: {
    check: checkSizes,
    bad: [
      [orders, `function long() {${'\n'.repeat(70)}}`],
      [orders, `const long = () => {${'\n'.repeat(70)}}`],
      [orders, `class Long { long() {${'\n'.repeat(70)}} }`],
      [inTest, `test('long', () => {${'\n'.repeat(70)}})`],
      [orders, 'x\n'.repeat(301)],
      [inTest, 'x\n'.repeat(501)],
      [orders, `// ${'x'.repeat(118)}`],
    ],
    good: [
      [orders, `function long() {${'\n'.repeat(69)}}`],
      [inTest, `describe('chapter', () => {${'\n'.repeat(200)}})`],
      [inTest, `describe.each(databases)('on $name', () => {${'\n'.repeat(200)}})`],
      [orders, 'x\n'.repeat(300)],
      [inTest, 'x\n'.repeat(500)],
      [orders, `// ${'x'.repeat(117)}`],
    ],
  },
  'file names': {
    check: checkFileName,
    bad: [
      [src('orders/recordOrders'), ''],
      [src('orders/record_orders'), ''],
      [src('orders/order-manager'), ''],
      [src('orders/utils'), ''],
      [src('orders/process-orders'), ''],
      [src('orders/data'), ''],
    ],
    good: [
      [orders, ''],
      ['vitest.config.ts', ''],
      ['server/test/kill-process.test.ts', ''],
      ['server/migrations/0001-core.sql', ''],
    ],
  },
  'exported names': {
    check: checkExportedNames,
    bad: [
      [orders, 'export function handleOrder() {}'],
      [orders, 'export const processOrders = () => 1'],
      [orders, 'export class OrderManager {}'],
      [orders, 'export interface OrderInfo { id: string }'],
      [orders, 'export type Helper = 1'],
      [orders, 'export const { data, other } = parts'],
      [orders, 'const x = 1; export { x as STRING_UTILS }'],
    ],
    good: [
      [orders, 'function handleOrder() {}'],
      [orders, 'export const dataFolder = 1, inProcess = 2, information = 3'],
      [orders, 'export interface Event { data: string }'],
    ],
  },
  environment: {
    check: checkEnvironment,
    bad: [
      [orders, 'const url = process.env.DATABASE_URL'],
      [orders, `const url = process['env'].DATABASE_URL`],
      [orders, 'const { env } = process'],
      [orders, `import { env } from 'node:process'`],
    ],
    good: [
      [src('kernel/config'), 'export const read = (env = process.env) => env'],
      [inTest, 'spawn(program, { env: process.env })'],
      [orders, 'const { pid } = process'],
    ],
  },
  console: {
    check: checkConsole,
    bad: [
      [orders, `console.log('here')`],
      [inTest, `console.error('here')`],
    ],
    good: [
      ['server/bench/main.ts', `console.log('10,600 a second')`],
      [orders, `const text = "console.log('here')"`],
    ],
  },
  'skipped tests': {
    check: checkSkippedTests,
    bad: [
      [inTest, `test.skip('later', () => {})`],
      [inTest, `describe.only('this', () => {})`],
      [inTest, `test.skipIf(slow)('x', () => {})`],
      [inTest, `describe.only.each(databases)('x', () => {})`],
      [inTest, `test('x', ({ skip, ...context }) => context.skip())`],
    ],
    good: [
      [inTest, `test('x', () => { expect(pages.slice(1)).toEqual([]) })`],
      [orders, 'reader.skip(4)'],
    ],
  },
  'left-overs': {
    check: checkLeftOvers,
    bad: [
      [orders, '// TO' + 'DO: later'],
      [orders, '/* FIX' + 'ME */'],
      [orders, '// @ts-' + 'ignore'],
      [orders, '// @ts-' + 'nocheck'],
    ],
    good: [[orders, '// @ts-expect-error: the test passes what the types forbid']],
  },
}

describe.each(Object.entries(samples))('the check of %s', (_, { check, bad, good }) => {
  test.each(bad)('refuses %s: %s', (path, text) => {
    expect(check(parse(path, text))).toHaveLength(1)
  })

  test.each(good)('accepts %s: %s', (path, text) => {
    expect(check(parse(path, text))).toEqual([])
  })
})

test('created tables are found, partitions are not counted', () => {
  const script = `
    create table one (id integer);
    CREATE UNLOGGED TABLE IF NOT EXISTS public."two" (id integer);
    create table one_2026 partition of one for values in (1);
    -- create table none (id integer);`
  expect(listCreatedTables(script)).toEqual(['one', 'two'])
})

test('a table that is renamed is found by the name that it had', () => {
  const script = `
    alter table public.one rename to three;
    -- alter table none rename to two;
    alter table two rename column id to key;`
  expect(listFormerTables(script)).toEqual(['one'])
})

describe('a circle of imports', () => {
  const file = (name: string, ...imported: string[]) =>
    parse(src(name), imported.map((each) => `import '${each}'`).join('\n'))

  test('is found however far round it is', () => {
    const sources = [
      file('orders/a', './b.ts'),
      file('orders/b', './c.ts', './d.ts'),
      file('orders/c', './a.ts'),
      file('orders/d'),
    ]
    expect(listCircles(sources)).toEqual([
      [src('orders/a'), src('orders/b'), src('orders/c'), src('orders/a')].join(' → '),
    ])
  })

  test('is not where two ways lead to one file', () => {
    const sources = [
      file('orders/a', './b.ts', './c.ts'),
      file('orders/b', './d.ts'),
      file('orders/c', './d.ts'),
      file('orders/d'),
    ]
    expect(listCircles(sources)).toEqual([])
  })
})

test('a room with 26 files is too full, one with 25 is not', () => {
  const files = (count: number) =>
    Array.from({ length: count }, (_, index) => src(`orders/f${index}`))
  expect(listFullRooms(files(25))).toEqual([])
  expect(listFullRooms(files(26))).toEqual(['orders has 26 files; 25 are the limit'])
})

test('a name that two files of a package export is found, one that is exported again is not', () => {
  const sources = [
    parse(
      src('orders/a'),
      'export interface Known { id: string }\nexport const Body = 1\nexport type Body = 1',
    ),
    parse(
      src('events/b'),
      `export const Known = 1\nexport { Body } from '../orders/a.ts'\nconst only = 1`,
    ),
    parse(src('events/c'), 'const Body = 1\nexport function only() {}'),
    parse('client/src/d.ts', 'export class only {}'),
  ]
  expect(listRepeatedNames(sources, 'server/src/')).toEqual([
    `Known: ${src('events/b')}, ${src('orders/a')}`,
  ])
  expect(listRepeatedNames(sources, 'client/src/')).toEqual([])
})
