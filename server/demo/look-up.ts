import type { Person } from './audience.ts'
import { inFlight } from './caller.ts'
import type { Caller } from './caller.ts'
import type { Publisher } from './create-network.ts'
import type { VerdictTruth } from './truth.ts'

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

/** Looks at verdicts one by one: `new`, or `active` with the right earlier order as its evidence. */
export async function sampleVerdicts(
  caller: Caller,
  key: string,
  verdicts: Map<string, VerdictTruth>,
): Promise<Sample> {
  const sample: Sample = { looked: 0, right: 0 }
  await inFlight(sampleOf([...verdicts]), async ([order, expected]) => {
    if (await isRight(caller, key, order, expected)) sample.right++
    sample.looked++
  })
  return sample
}

interface VerdictAnswer {
  segment: string
  evidence: { button_order_id: string } | null
}

async function isRight(
  caller: Caller,
  key: string,
  order: string,
  expected: VerdictTruth,
): Promise<boolean> {
  const verdict = (await caller.get(key, `/v1/order/${order}/verdict`)) as VerdictAnswer
  if (verdict.segment !== expected.segment) return false
  if (expected.evidence === null) return verdict.evidence === null
  const earlier = (await caller.get(key, `/v1/order/${expected.evidence}`)) as {
    button_order_id: string
  }
  return verdict.evidence?.button_order_id === earlier.button_order_id
}
