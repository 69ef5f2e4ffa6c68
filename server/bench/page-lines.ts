import type { Line, Wording } from './line.ts'
import type { Pages } from './measure-pages.ts'

const FIRST_CONTENT_AIM_MS = 1_000

/** How long pages take to have something to show. */
export function pageLines(pages: Pages, { mark, count }: Wording): Line[] {
  const { customers, transactions, firstCountMs } = pages
  const size = `${count(customers)} customers, ${count(transactions)} transactions`
  const first = { name: 'reports counted first', ratios: [seconds(firstCountMs), size] }
  const looked = pages.pages.map(({ name, worstMs }) => {
    const isQuick = worstMs <= FIRST_CONTENT_AIM_MS
    const aim = `≤ ${FIRST_CONTENT_AIM_MS} ms ${mark(isQuick)}`
    return { name: `page ${name}`, ratios: [`${Math.round(worstMs)} ms at the most`, aim] }
  })
  return [first, ...looked]
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
