import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutBoard } from '../../src/offers/board.ts'
import type { Board, BoardEntry } from '../../src/offers/board.ts'

const entry = fc.record({
  merchant: fc.integer({ min: 1, max: 8 }),
  segment: fc.constantFrom('new' as const, 'active' as const, null),
  text: fc.stringMatching(/^[a-zß]{1,5}$/),
})
// Of a merchant there is one entry a segment, or only one for every user.
const listed = fc
  .uniqueArray(entry, { selector: ({ merchant, segment }) => `${merchant} ${segment}` })
  .map((all) =>
    all.filter(
      ({ merchant, segment }) =>
        segment === null || !all.some((o) => o.merchant === merchant && o.segment === null),
    ),
  )

test('a board cut for who is active somewhere has exactly what applies, in its order', () => {
  fc.assert(
    fc.property(listed, fc.uniqueArray(fc.integer({ min: 1, max: 9 })), (all, active) => {
      const applying = all.filter(({ merchant, segment }) =>
        active.includes(merchant) ? segment !== 'new' : segment !== 'active',
      )
      const parts = cutBoard(boardOf(all), new Set(active))
      expect(Buffer.concat(parts).toString()).toBe(applying.map(({ text }) => `,${text}`).join(''))
    }),
    { numRuns: 2_000 },
  )
})

function boardOf(all: { merchant: number; segment: BoardEntry['segment']; text: string }[]): Board {
  const json = ({ text }: { text: string }): Buffer => Buffer.from(`,${text}`)
  const isShown = (each: { segment: BoardEntry['segment'] }): boolean => each.segment !== 'active'
  return {
    from: 0,
    until: Infinity,
    merchants: new Set(),
    packed: '',
    entries: all.map((each, index) => ({
      merchant: each.merchant,
      segment: each.segment,
      json: json(each),
      offset: Buffer.concat(all.slice(0, index).filter(isShown).map(json)).length,
    })),
    whenNew: Buffer.concat(all.filter(isShown).map(json)),
  }
}
