import { describe, expect, test } from 'vitest'
import { meaningOf } from '../../../../client/src/customer-file/column-names.ts'
import { UUID, hashOf, readFile } from './read-file.ts'

const H = hashOf('one')

describe('a column is known by', () => {
  test.each([
    [
      'user_id',
      [
        'User ID',
        'USERID',
        'customer_id',
        'Customer Id',
        'id',
        'UID',
        'external-id',
        'clientId',
        'member id',
        'account_id',
        'shopper_id',
        '"user_id"',
        '\ufeffuser_id',
      ],
    ],
    [
      'email_sha256',
      [
        'email hash',
        'EmailHash',
        'hashed_email',
        'sha256',
        'SHA256_Email',
        'email_sha_256',
        'hem',
        'Email',
        'e-mail',
        'mail',
        'E-Mail Address',
      ],
    ],
    ['emails_sha256', ['email hashes', 'emails', 'hashed emails', 'EMAILS-SHA256']],
    [
      'advertising_id',
      ['IDFA', 'gaid', 'aaid', 'AdID', 'ad_id', 'device id', 'maid', 'Advertising ID'],
    ],
    [
      'first_purchase_date',
      ['First Purchase', 'first_order_date', 'first order', 'FirstPurchaseDate'],
    ],
    ['last_purchase_date', ['last purchase', 'last_order_date', 'Last Order']],
  ])('%s', (meaning, names) => {
    for (const name of names) expect([name, meaningOf(name)]).toEqual([name, meaning])
  })

  test.each([
    '',
    'name',
    'reason',
    'line',
    'order_id',
    'country',
    'created_at',
    '__proto__',
    'constructor',
  ])('and %j means nothing', (name) => {
    expect(meaningOf(name)).toBeUndefined()
  })
})

const readColumns = (header: string) => {
  const read = readFile(`${header}\n`)
  // That there are no rows is told as well, and not what these tests are about.
  const findings = read.findings.filter(({ code }) => code !== 'no-rows')
  const { state } = read
  return {
    means: state.report.columns.map((column) => column.means),
    told: findings.map(({ code, severity, count, message }) => [code, severity, count, message]),
    state,
  }
}

test('other names than ours are told', () => {
  expect(readColumns('Customer ID,E-Mail Hash,idfa').told).toEqual([
    [
      'column-alias',
      'note',
      3,
      'Columns were taken by other names than ours: "Customer ID" for user_id, ' +
        '"E-Mail Hash" for email_sha256, "idfa" for advertising_id.',
    ],
  ])
})

test('columns that mean nothing are told, except those of rejects.csv', () => {
  expect(readColumns('line,reason,user_id,city,,Country').told).toEqual([
    ['column-ignored', 'note', 2, 'Columns mean nothing here and were ignored: "city", "Country".'],
  ])
})

test('names that look like data are redacted', () => {
  const names = ['zoe@shop.test', H, '4915112345678', UUID, 'x'.repeat(65)]
  const { told, state } = readColumns(`user_id,${names.join(',')}`)
  expect(told).toEqual([
    [
      'column-ignored',
      'note',
      5,
      `Columns mean nothing here and were ignored: ${names.map(() => '"[redacted]"').join(', ')}.`,
    ],
  ])
  expect(JSON.stringify(state.report)).not.toMatch(/zoe|4915112345678/)
  expect(state.header[1]).toBe('[redacted e-mail address]')
})

describe('of columns that mean the same', () => {
  test.each<[string, (string | null)[], string | undefined]>([
    ['id,user_id', [null, 'user_id'], '"id"'],
    ['id,customer_id', ['user_id', null], '"customer_id"'],
    ['user_id,User ID', ['user_id', null], '"User ID"'],
    ['user_id,hashed_email,hem', ['user_id', 'email_sha256', 'email_sha256'], undefined],
    ['user_id,email,email_sha256', ['user_id', 'email_sha256', 'email_sha256'], undefined],
    [
      'user_id,email_sha256,hashed_email,email',
      ['user_id', 'email_sha256', 'email_sha256', 'email_sha256'],
      undefined,
    ],
    ['user_id,email_sha256,emails_sha256', ['user_id', 'email_sha256', 'emails_sha256'], undefined],
    ['user_id,idfa,gaid', ['user_id', 'advertising_id', 'advertising_id'], undefined],
    [
      'user_id,first order,first purchase',
      ['user_id', 'first_purchase_date', null],
      '"first purchase"',
    ],
  ])('%s', (header, expected, left) => {
    const { means, told } = readColumns(header)
    expect(means).toEqual(expected)
    const warning = told.find(([code]) => code === 'column-twice')
    expect(warning).toEqual(
      left === undefined
        ? undefined
        : [
            'column-twice',
            'warning',
            1,
            `Columns mean the same as others and were ignored: ${left}.`,
          ],
    )
  })
})

test('a header may have a line break in a name', () => {
  const { rows, rejects, state } = readFile(`"user_id","the\ncity",email_sha256\r\nu1,x,${H}\r\n`)
  expect(rows).toMatchObject([{ line: 3, id: 'u1', emails: [H] }])
  expect(rejects).toEqual([])
  expect(state.header).toEqual(['user_id', 'the\ncity', 'email_sha256'])
})

test('of many columns twenty are named', () => {
  const many = Array.from({ length: 500 }, (_, index) => `c${index}`)
  const { told } = readColumns(`user_id,${many.join(',')}`)
  expect(told[0]?.[3]).toMatch(/"c19" and 480 more\.$/)
})
