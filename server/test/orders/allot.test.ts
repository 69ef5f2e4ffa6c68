import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allotTotal } from '../../src/orders/allot.ts'

const numbers = ({ lines }: { lines: bigint[] }) => lines.map(Number)
const allot = (total: number, lines: number[]) => allotTotal(BigInt(total), lines.map(BigInt))

/**
 * Every way to give out the total in whole units, each line its share rounded down or up; the one that is
 * nearest to the exact shares, and of several the one that favours earlier lines.
 */
function search(total: number, lines: number[]): number[] {
  const whole = lines.reduce((left, right) => left + right, 0)
  const exact = lines.map((line) => (total * line) / whole)
  const floors = exact.map((share) => Math.floor(share + 1e-9))
  let best: { shares: number[]; distance: number } | undefined
  for (let bits = 0; bits < 2 ** lines.length; bits++) {
    const shares = floors.map((floor, index) => floor + ((bits >> index) & 1))
    if (shares.reduce((left, right) => left + right, 0) !== total) continue
    const distance = shares.reduce((sum, share, at) => sum + (share - exact[at]!) ** 2, 0)
    const isCloser = !best || distance < best.distance - 1e-6
    const isEarlier =
      best && Math.abs(distance - best.distance) <= 1e-6 && isFirst(shares, best.shares)
    if (isCloser || isEarlier) best = { shares, distance }
  }
  return best!.shares
}

function isFirst(left: number[], right: number[]): boolean {
  const differs = left.findIndex((share, index) => share !== right[index])
  return differs >= 0 && left[differs]! > right[differs]!
}

const order = fc
  .array(fc.integer({ min: -40, max: 120 }), { minLength: 1, maxLength: 7 })
  .map((lines) => ({ lines, whole: lines.reduce((left, right) => left + right, 0) }))
  .filter(({ whole }) => whole > 0)
  .chain(({ lines, whole }) =>
    fc.record({ lines: fc.constant(lines), total: fc.integer({ min: 0, max: whole - 1 }) }),
  )

test('a total below the lines is allotted as searching all ways finds it', () => {
  fc.assert(
    fc.property(order, ({ lines, total }) => {
      const allotted = allot(total, lines)
      expect(numbers(allotted)).toEqual(search(total, lines))
      expect(allotted.rest).toBe(0n)
    }),
    { numRuns: 3_000 },
  )
})

const large = fc
  .array(fc.oneof(fc.integer({ min: -1_000, max: 100_000 }), fc.maxSafeInteger()), {
    minLength: 1,
    maxLength: 40,
  })
  .chain((lines) => fc.record({ lines: fc.constant(lines), total: fc.maxSafeNat() }))

test('with the rest it adds up to the total, and no line gets more than it says or changes sides', () => {
  fc.assert(
    fc.property(large, ({ lines, total }) => {
      const { lines: shares, rest } = allot(total, lines)
      expect(shares.reduce((sum, share) => sum + share, rest)).toBe(BigInt(total))
      expect(rest >= 0n).toBe(true)
      for (const [index, share] of shares.entries()) {
        const line = BigInt(lines[index]!)
        expect(line >= 0n ? share >= 0n && share <= line : share <= 0n && share >= line).toBe(true)
      }
    }),
  )
})

test('a larger line gets no less, and the lines’ order decides between equal remainders alone', () => {
  const shuffled = order.chain((each) =>
    fc.record({
      ...{ lines: fc.constant(each.lines), total: fc.constant(each.total) },
      other: fc.shuffledSubarray(each.lines, { minLength: each.lines.length }),
    }),
  )
  fc.assert(
    fc.property(shuffled, ({ lines, total, other }) => {
      const shares = numbers(allot(total, lines))
      const others = numbers(allot(total, other))
      for (const [index, line] of lines.entries()) {
        for (const [at, smaller] of lines.entries()) {
          if (smaller < line) expect(shares[at]).toBeLessThanOrEqual(shares[index]!)
        }
        for (const [at, same] of other.entries()) {
          if (same === line) expect(Math.abs(others[at]! - shares[index]!)).toBeLessThanOrEqual(1)
        }
      }
      const whole = lines.reduce((left, right) => left + right, 0)
      const remainders = lines.map((line) => (((total * line) % whole) + whole) % whole)
      const hasTies =
        new Set(remainders.filter((each) => each > 0)).size <
        remainders.filter((each) => each > 0).length
      if (hasTies) return
      const pairs = (of: number[], got: number[]) =>
        of.map((line, at) => `${line} ${got[at]}`).sort()
      expect(pairs(other, others)).toEqual(pairs(lines, shares))
    }),
    { numRuns: 3_000 },
  )
})

test.each([
  [10_000, [10_000], [10_000], 0],
  [10_000, [100], [100], 9_900],
  [0, [-300], [-300], 300],
  [0, [10, 20], [0, 0], 0],
  [7, [0, 0], [0, 0], 7],
])('%d of lines %j is %j, and %d are left', (total, lines, shares, rest) => {
  const allotted = allot(total, lines)
  expect([numbers(allotted), Number(allotted.rest)]).toEqual([shares, rest])
})
