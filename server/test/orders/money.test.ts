import { describe, expect, test } from 'vitest'
import { minorDigits, parseCurrency, parseDecimal, parseMinor } from '../../src/orders/money.ts'

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
    expect(parseDecimal(value, currency, 'total')).toBe(minor)
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
    expect(() => parseDecimal(value, currency, 'total')).toThrow(/^total /)
  })
})

test('an amount in minor units is an integer below 2^53', () => {
  expect(parseMinor(2 ** 53 - 1, 'total')).toBe(2 ** 53 - 1)
  for (const wrong of ['5', 0.5, 2 ** 53]) expect(() => parseMinor(wrong, 'total')).toThrow()
})

test('currencies are ISO 4217, in any case', () => {
  expect(parseCurrency('usd')).toBe('USD')
  expect(() => parseCurrency('ZZZ')).toThrow(/ISO 4217/)
  expect([minorDigits('USD'), minorDigits('JPY'), minorDigits('BHD')]).toEqual([2, 0, 3])
})

// ISO 4217's list one of 2026-09-17, without funds, metals and tests: the codes with others than two decimals.
const OTHERS: Record<string, number> = {
  ...{ BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0 },
  ...{ VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0 },
  ...{ BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3 },
}
const TWO =
  'AEDAFNALLAMDAOAARSAUDAWGAZNBAMBBDBDTBMDBNDBOBBRLBSDBTNBWPBYNBZDCADCDFCHFCNYCOPCRCCUPCVECZKDKKDOPDZD' +
  'EGPERNETBEURFJDFKPGBPGELGHSGIPGMDGTQGYDHKDHNLHTGHUFIDRILSINRIRRJMDKESKGSKHRKPWKYDKZTLAKLBPLKRLRDLSL' +
  'MADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMYRMZNNADNGNNIONOKNPRNZDPABPENPGKPHPPKRPLNQARRONRSDRUBSARSBDSCR' +
  'SDGSEKSGDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTOPTRYTTDTWDTZSUAHUSDUYUUZSVEDVESWSTXCDXCGYERZARZMWZWG'

describe('the decimals of a currency', () => {
  const expected = new Map([
    ...Object.entries(OTHERS),
    ...TWO.match(/.../g)!.map((code): [string, number] => [code, 2]),
  ])

  test('are those of ISO 4217, of all codes and no others', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
    const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)))
    const taken = codes.filter((code) => {
      try {
        return parseCurrency(code) === code
      } catch {
        return false
      }
    })
    expect(taken).toEqual([...expected.keys()].sort())
    expect(taken.map(minorDigits)).toEqual(taken.map((code) => expected.get(code)))
    expect(taken).toHaveLength(155)
  })

  test.each([
    ...['AFN', 'ALL', 'COP', 'HUF', 'IDR', 'IRR', 'KPW', 'LAK', 'LBP', 'MGA', 'MMK', 'PKR', 'SOS'],
    ...['SYP', 'YER', 'IQD'],
  ])('of %s are not what prices are written with', (currency) => {
    const minor = currency === 'IQD' ? 19_990_500 : 1_999_050
    expect(parseDecimal('19990.50', currency, 'total')).toBe(minor)
  })
})
