import type { Person } from './audience.ts'
import { inFlight } from './caller.ts'
import type { Caller } from './caller.ts'
import type { Publisher } from './create-network.ts'
import type { Purchase } from './purchases.ts'

/** What the server has counted since it started. */
export interface Counts {
  judgedNew: number
  judgedActive: number
  /** Deliveries that were acknowledged. */
  delivered: number
}

export async function readCounts(caller: Caller): Promise<Counts> {
  const metrics = await caller.text('/metrics')
  const count = (name: string, label: string): number => {
    const line = metrics.split('\n').find((each) => each.startsWith(`${name}{${label}}`))
    return Number(line?.split(' ').at(-1) ?? 0)
  }
  return {
    judgedNew: count('newcomer_verdicts_total', 'segment="new"'),
    judgedActive: count('newcomer_verdicts_total', 'segment="active"'),
    delivered: count('newcomer_delivery_attempts_total', 'outcome="acknowledged"'),
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

/** Looks at verdicts one by one: the first order is new, any other names the first as its evidence. */
export async function sampleVerdicts(
  caller: Caller,
  key: string,
  purchases: Purchase[],
): Promise<Sample> {
  const firsts = new Map(purchases.toReversed().map(({ shopper, orderId }) => [shopper, orderId]))
  const step = Math.max(1, Math.floor(purchases.length / SAMPLE))
  const chosen = purchases.filter((_purchase, index) => index % step === 0)
  const sample: Sample = { looked: 0, right: 0 }
  await inFlight(chosen, async ({ orderId, shopper }) => {
    const first = firsts.get(shopper) ?? ''
    if (await isRight(caller, key, orderId, first)) sample.right++
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
  first: string,
): Promise<boolean> {
  const verdict = (await caller.get(key, `/v1/order/${order}/verdict`)) as VerdictAnswer
  if (order === first) return verdict.segment === 'new' && verdict.evidence === null
  const earlier = (await caller.get(key, `/v1/order/${first}`)) as { button_order_id: string }
  return (
    verdict.segment === 'active' && verdict.evidence?.button_order_id === earlier.button_order_id
  )
}
