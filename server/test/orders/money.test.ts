import { describe, expect, test } from 'vitest'
import { minorDigits, readCurrency, readDecimal, readMinor } from '../../src/orders/money.ts'

describe('a decimal amount', () => {
  test.each([
    ['12.34', 'USD', 1234],
    [12.34, 'USD', 1234],
    ['12.3', 'USD', 1230],
    ['12', 'USD', 1200],
    ['12.340', 'USD', 1234],
    ['-0.05', 'USD', -5],
    ['-0.00', 'USD', 0],
    ['12', 'JPY', 12],
    ['1.234', 'KWD', 1234],
    [0.3, 'EUR', 30],
    ['90071992547409.91', 'USD', 9_007_199_254_740_991],
  ])('%s %s is %d', (value, currency, minor) => {
    expect(readDecimal(value, currency, 'total')).toBe(minor)
  })

  test.each([
    ['12.345', 'USD'],
    ['1.5', 'JPY'],
    ['90071992547409.92', 'USD'],
    ['1e3', 'USD'],
    ['1,5', 'USD'],
    ['', 'USD'],
    [' 1', 'USD'],
    ['NaN', 'USD'],
    [1e21, 'USD'],
  ])('%s %s is refused', (value, currency) => {
    expect(() => readDecimal(value, currency, 'total')).toThrow(/^total /)
  })
})

test('an amount in minor units is an integer below 2^53', () => {
  expect(readMinor(2 ** 53 - 1, 'total')).toBe(2 ** 53 - 1)
  for (const wrong of ['5', 0.5, 2 ** 53]) expect(() => readMinor(wrong, 'total')).toThrow()
})

test('currencies are ISO 4217, in any case', () => {
  expect(readCurrency('usd')).toBe('USD')
  expect(() => readCurrency('ZZZ')).toThrow(/ISO 4217/)
  expect([minorDigits('USD'), minorDigits('JPY'), minorDigits('BHD')]).toEqual([2, 0, 3])
})
