import type { Imports } from './measure-imports.ts'
import type { Line, Wording } from './line.ts'

const BY_HAND_AIM = 0.7
const ROW_BY_ROW_AIM = 10
const RATE_AIM = 20_000
const END_AIM = 0.8
const RSS_AIM_MB = 300
const BESIDE_AIM = 3

/** What imports came to, and by what that is measured. */
export function importLines(imports: Imports, { mark, count }: Wording): Line[] {
  const { rows, whole, written, firstTenth, lastTenth, byHand, rowByRow, rss } = imports
  const least = (value: number, aim: number, of: string): string =>
    `${value.toFixed(2)} × ${of} (≥ ${aim}) ${mark(value >= aim)}`
  const beside = imports.beside.p99Ms / imports.alone.p99Ms
  const handLine: Line[] =
    byHand === undefined
      ? []
      : [
          { name: 'COPY by hand', rate: byHand, ratios: [] },
          {
            name: 'import of as many',
            rate: imports.writtenFirst,
            ratios: [
              `written: ${least(imports.writtenFirst / byHand, BY_HAND_AIM, 'by hand')}`,
              `in all: ${least(imports.wholeFirst / byHand, BY_HAND_AIM, 'by hand')}`,
            ],
          },
        ]
  return [
    ...handLine,
    { name: 'row by row', rate: rowByRow, ratios: [] },
    {
      name: 'import, written',
      rate: written,
      ratios: [
        `${count(rows)} rows`,
        least(written / rowByRow, ROW_BY_ROW_AIM, 'row by row'),
        `≥ ${count(RATE_AIM)} a second ${mark(written >= RATE_AIM)}`,
      ],
    },
    {
      name: 'import, in all',
      rate: whole,
      ratios: [least(whole / rowByRow, ROW_BY_ROW_AIM, 'row by row')],
    },
    { name: 'its first tenth', rate: firstTenth, ratios: [] },
    {
      name: 'its last tenth',
      rate: lastTenth,
      ratios: [least(lastTenth / firstTenth, END_AIM, 'first')],
    },
    {
      name: 'its memory',
      ratios: [
        `RSS ${Math.round(rss)} MB at the most (≤ ${RSS_AIM_MB}) ${mark(rss <= RSS_AIM_MB)}`,
      ],
    },
    { name: 'customers alone', ...loadOf(imports.alone), ratios: [] },
    {
      name: 'customers beside it',
      ...loadOf(imports.beside),
      ratios: [`p99 ${beside.toFixed(1)} × alone (≤ ${BESIDE_AIM}) ${mark(beside <= BESIDE_AIM)}`],
    },
  ]
}

function loadOf({ perSecond, p50Ms, p99Ms }: Imports['alone']) {
  return { rate: perSecond, p50Ms, p99Ms }
}
