import type { Verdict } from '../../client/src/index.ts'
import type { Person } from './audience.ts'
import { inFlight } from './caller.ts'
import type { Caller } from './caller.ts'
import type { Publisher } from './create-network.ts'
import type { EvidenceTruth, VerdictTruth } from './truth.ts'

/** What the server has counted since it started. */
export interface Counts {
  judgedNew: number
  judgedActive: number
  clicks: number
  /** Deliveries that were acknowledged. */
  delivered: number
}

export async function readCounts(caller: Caller): Promise<Counts> {
  const metrics = await caller.text('/metrics')
  const count = (name: string, label = ''): number => {
    const line = metrics.split('\n').find((each) => each.startsWith(`${name}${label} `))
    return Number(line?.split(' ').at(-1) ?? 0)
  }
  return {
    judgedNew: count('newcomer_verdicts_total', '{segment="new"}'),
    judgedActive: count('newcomer_verdicts_total', '{segment="active"}'),
    clicks: count('newcomer_clicks_total'),
    delivered: count('newcomer_delivery_attempts_total', '{outcome="acknowledged"}'),
  }
}

/** Reads every customer of a publisher and counts them by segment. */
export async function countSegments(
  caller: Caller,
  { key }: Publisher,
  people: Person[],
): Promise<{ new: number; active: number }> {
  const counts = { new: 0, active: 0 }
  await inFlight(people, async ({ id }) => {
    const { segments } = (await caller.get(key, `/v1/customers/${id}`)) as {
      segments: { name: 'new' | 'active' }[]
    }
    for (const { name } of segments) counts[name]++
  })
  return counts
}

export interface Sample {
  looked: number
  /** Whose segment and evidence are what they must be. */
  right: number
}

const SAMPLE = 500

/** Some of them, from all over. */
export function sampleOf<T>(all: T[]): T[] {
  const step = Math.max(1, Math.floor(all.length / SAMPLE))
  return all.filter((_each, index) => index % step === 0)
}

/** The merchant whose verdicts are looked at. */
export interface Judged {
  caller: Caller
  key: string
  /** The import that brought its history, if there was one. */
  importId: string | undefined
}

/** Looks at verdicts one by one: `new`, or `active` with the right earlier order or import as its evidence. */
export async function sampleVerdicts(
  judged: Judged,
  verdicts: Map<string, VerdictTruth>,
): Promise<Sample> {
  const sample: Sample = { looked: 0, right: 0 }
  await inFlight(sampleOf([...verdicts]), async ([order, expected]) => {
    const verdict = (await judged.caller.get(judged.key, `/v1/order/${order}/verdict`)) as Verdict
    const isRight =
      verdict.segment === expected.segment &&
      (await isEvidence(judged, verdict.evidence, expected.evidence))
    if (isRight) sample.right++
    sample.looked++
  })
  return sample
}

async function isEvidence(
  { caller, key, importId }: Judged,
  evidence: Verdict['evidence'],
  expected: EvidenceTruth | null,
): Promise<boolean> {
  if (expected === null || evidence?.source !== expected.source) return evidence === expected
  if (expected.source === 'import') {
    const { import_id, first_purchase_date: first, last_purchase_date: last } = evidence
    const dates = [first, last].map((date) => date?.slice(0, 'YYYY-MM-DD'.length))
    return import_id === importId && dates[0] === expected.first && dates[1] === expected.last
  }
  const path = `/v1/order/${expected.order}`
  const earlier = (await caller.get(key, path)) as { button_order_id: string }
  return evidence.button_order_id === earlier.button_order_id
}
