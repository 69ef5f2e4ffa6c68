import { createHmac } from 'node:crypto'
import { expect } from 'vitest'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'

/** A publisher's own webhook server: it believes no request that is not signed, and no event twice. */
export interface Witness {
  url: string
  /** From now on requests must be signed with this. */
  expectSecret(secret: string): void
  /**
   * Every event that is owed came, and of each customer they make a chain, in order and without a
   * gap, that ends in the customer's segment.
   */
  expectChains(owed: string[], segments: Map<string, string>): void
  /** How many requests came, repeats included. */
  received(): number
  close(): Promise<void>
}

interface Heard {
  id: string
  customer: string
  sequence: number
  previous: string
  current: string
}

export async function startWitness(): Promise<Witness> {
  const receiver: Receiver = await startReceiver(204)
  let secret = ''
  const forged: string[] = []
  const heard = new Map<string, Heard>()
  const changed: Heard[] = []
  receiver.answerBy(({ raw, headers, body }) => {
    const signature = createHmac('sha256', secret).update(raw).digest('hex')
    if (headers['x-button-signature'] !== signature) forged.push(raw.toString())
    const one = toHeard(body)
    const known = heard.get(one.id)
    if (!known) heard.set(one.id, one)
    else if (JSON.stringify(known) !== JSON.stringify(one)) changed.push(one)
    return 204
  })
  return {
    url: receiver.url,
    expectSecret(next) {
      secret = next
    },
    expectChains(owed, segments) {
      expect(forged).toEqual([])
      expect(changed, 'an event that was repeated with other content').toEqual([])
      expect([...heard.keys()].sort()).toEqual([...owed].sort())
      const chains = Map.groupBy(heard.values(), (each) => each.customer)
      for (const [customer, chain] of chains) expectChain(chain, segments.get(customer), customer)
    },
    received: () => receiver.received.length,
    close: () => receiver.close(),
  }
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it holds is judged in the end
function toHeard(body: any): Heard {
  const { previous, current } = body.segments
  return {
    id: body.id,
    customer: body.customer_id,
    sequence: body.sequence,
    previous: previous[0].name,
    current: current[0].name,
  }
}

/** The first arrivals of a customer's events, in the order in which they came. */
function expectChain(chain: Heard[], segment: string | undefined, customer: string): void {
  const sequences = chain.map((each) => each.sequence)
  expect(sequences, customer).toEqual(chain.map((_, index) => index + 1))
  for (const [index, each] of chain.entries()) {
    expect(each.previous, customer).not.toBe(each.current)
    const before = chain[index - 1]
    if (before) expect(each.previous, customer).toBe(before.current)
  }
  expect(chain.at(-1)?.current, customer).toBe(segment)
}
