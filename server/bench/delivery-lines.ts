import type { BacklogResults, Times } from './measure-backlog.ts'
import type { Bloat } from './measure-bloat.ts'
import type { Drained } from './measure-deliveries.ts'
import type { FairTimes, LiveTimes } from './measure-live.ts'
import { QUEUE_NAMES } from './queues.ts'
import type { Line, Wording } from './line.ts'

/** What deliveries came to; absent where it was not measured. */
export interface DeliveryResults {
  drained?: Drained
  backlog?: BacklogResults
  live?: LiveTimes[]
  fairness?: FairTimes
  bloat?: Bloat
}

const BARE_AIM = 0.4
const QUEUES_AIM = 3
const CLAIM_AIM_MS = 10
const TURN_AIM_MS = 100
const LIVE_AIM_MS = new Map([
  [500, 60],
  [2_000, 250],
])
const FAIR_AIM_MS = 50
// As fast as at the start, but for chance.
const BLOAT_AIM = 1.5

export function deliveryLines(results: DeliveryResults, wording: Wording): Line[] {
  const { drained, backlog, live, fairness, bloat } = results
  return [
    ...(drained ? drainedLines(drained, wording) : []),
    ...(backlog ? backlogLines(backlog, wording) : []),
    ...(live ? live.map((times) => liveLine(times, wording)) : []),
    ...(fairness ? fairLines(fairness, wording) : []),
    ...(bloat ? bloatLines(bloat, wording) : []),
  ]
}

function drainedLines(drained: Drained, { mark, count }: Wording): Line[] {
  const { lanes, perSecond, barePerSecond } = drained
  const least = (ratio: number, aim: number, of: string): string =>
    `${ratio.toFixed(2)} × ${of} (≥ ${aim}) ${mark(ratio >= aim)}`
  const ratios = [least(perSecond / barePerSecond, BARE_AIM, 'bare loop')]
  const queues = QUEUE_NAMES.flatMap((name) => {
    const rate = drained[name]
    return rate === undefined ? [] : [{ name, rate, ratios: [] as string[] }]
  })
  if (queues.length > 0) {
    const better = Math.max(...queues.map(({ rate }) => rate))
    ratios.push(least(perSecond / better, QUEUES_AIM, 'the better queue'))
  }
  return [
    { name: `${count(lanes)} lanes: bare loop`, rate: barePerSecond, ratios: [] },
    ...queues,
    { name: 'deliveries', rate: perSecond, ratios },
  ]
}

function backlogLines(backlog: BacklogResults, wording: Wording): Line[] {
  const { drained, claim, firstResumeMs, pause, resume } = backlog
  const first = `a tenth failing (≤ ${TURN_AIM_MS} ms) ${wording.mark(firstResumeMs <= TURN_AIM_MS)}`
  return [
    ...drainedLines(drained, wording),
    timed('a claim of them', claim, [most(claim.p99Ms, CLAIM_AIM_MS, wording)]),
    timed('pause of their webhook', pause, [most(pause.p99Ms, TURN_AIM_MS, wording)]),
    { name: 'its first resume', p50Ms: firstResumeMs, ratios: [first] },
    timed('its resume', resume, [most(resume.p99Ms, TURN_AIM_MS, wording)]),
  ]
}

function liveLine(times: LiveTimes, wording: Wording): Line {
  const aim = LIVE_AIM_MS.get(times.perSecond)
  const ratios = aim === undefined ? [] : [most(times.p99Ms, aim, wording)]
  return { ...timed('event to webhook', times, ratios), rate: times.perSecond }
}

function fairLines({ perSecond, alone, beside }: FairTimes, { mark }: Wording): Line[] {
  const more = beside.p99Ms - alone.p99Ms
  const verdict = `p99 ${more.toFixed(0)} ms more (≤ ${FAIR_AIM_MS}) ${mark(more <= FAIR_AIM_MS)}`
  return [
    { ...timed('the same, alone', alone, []), rate: perSecond },
    { ...timed('beside a silent webhook', beside, [verdict]), rate: perSecond },
  ]
}

function bloatLines({ lanes, first, last, whole }: Bloat, { mark, count }: Wording): Line[] {
  const ratio = last.p50Ms / first.p50Ms
  const verdict = `p50 ${ratio.toFixed(1)} × first (≤ ${BLOAT_AIM}) ${mark(ratio <= BLOAT_AIM)}`
  return [
    timed('claim beside an open tx', first, []),
    timed('the same, later', last, [`after ${count(lanes)} lanes`, verdict]),
    timed('the same, from the first', whole, ['at most twice a second']),
  ]
}

function timed(name: string, { p50Ms, p99Ms }: Times, ratios: string[]): Line {
  return { name, p50Ms, p99Ms, ratios }
}

function most(p99Ms: number, mostMs: number, { mark }: Wording): string {
  return `p99 ≤ ${mostMs} ms ${mark(p99Ms <= mostMs)}`
}
