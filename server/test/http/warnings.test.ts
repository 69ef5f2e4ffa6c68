import { expect, test } from 'vitest'
import { MAX_WARNINGS, Warnings } from '../../src/http/warnings.ts'
import { CustomerBody, IdentifiersBody } from '../../src/reports/customer-schema.ts'
import { OrderBody } from '../../src/orders/order-schema.ts'

const namesOf = (warnings: Warnings) => warnings.list().map(({ type, field }) => [type, field])

test('what is known is passed over, wherever it stands', () => {
  const order = {
    order_id: '1',
    customer: { id: 'kim', is_new: true },
    line_items: [{ identifier: 'a', attributes: { anything: 'goes' } }],
  }
  expect(new Warnings().addUnknown(OrderBody, order).list()).toEqual([])
})

test('what is not known is named by where it stands, and its value is not told', () => {
  const order = {
    loyalty: 'secret',
    customer: { name: 'secret' },
    line_items: [{ identifier: 'a' }, { identifier: 'b', color: 'secret' }, 7, null],
  }
  const warnings = new Warnings().addUnknown(OrderBody, order)
  expect(namesOf(warnings)).toEqual([
    ['UnknownMember', 'loyalty'],
    ['UnknownMember', 'customer.name'],
    ['UnknownMember', 'line_items[1].color'],
  ])
  expect(JSON.stringify(warnings.list())).not.toContain('secret')
})

test('the same in many lines is told once, with how many there are', () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => ({ identifier: `${index}`, color: 1 }))
  const [warning, ...others] = new Warnings().addUnknown(OrderBody, { line_items: lines }).list()
  expect(others).toEqual([])
  expect(warning?.field).toBe('line_items[0].color')
  expect(warning?.message).toContain('999 more')
})

test('so is what is the same in many rows', () => {
  const warnings = new Warnings()
  for (const index of [0, 1]) {
    warnings.addUnknown(CustomerBody, { id: 'a', tier: 1 }, ['customers', index])
  }
  expect(namesOf(warnings)).toEqual([['UnknownMember', 'customers[0].tier']])
})

test('they are few and short, however many and long the names are', () => {
  const names = Array.from({ length: 50_000 }, (_, index) => `${index}`.padEnd(200, 'x'))
  const body = Object.fromEntries(names.map((name) => [name, 1]))
  const list = new Warnings().addUnknown(OrderBody, body).list()
  expect(list).toHaveLength(MAX_WARNINGS + 1)
  expect(list.at(-1)?.type).toBe('MoreWarnings')
  expect(JSON.stringify(list).length).toBeLessThan(8_000)
})

test('a name that is not printable is made so', () => {
  const [warning] = new Warnings().addUnknown(CustomerBody, { 'a\u001b[31m\u202e': 1 }).list()
  expect(warning?.field).toBe('a?[31m?')
})

test('a closed schema has refused them already', () => {
  expect(new Warnings().addUnknown(IdentifiersBody, { emial_sha256: 1 }).list()).toEqual([])
})
