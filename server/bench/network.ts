import { createCall } from '../src/operator-call.ts'
import type { Call } from '../src/operator-call.ts'
import { openConnection, createWriter } from './connection.ts'
import type { Call as Request, Writer } from './connection.ts'

export const OPERATOR_KEY = 'op-a-key-for-the-bench-only'

/** An organization without a limit on its calls. */
export interface Member {
  id: string
  /** Writes its requests. */
  write: Writer
}

export interface Network {
  publisher: Member
  merchants: Member[]
}

/** A publisher that works with so many merchants, which all have segments switched on. */
export async function createNetwork(url: string, merchantCount: number): Promise<Network> {
  const call = createCall(url, OPERATOR_KEY)
  const publisher = await createMember(call, 'publisher')
  const merchants: Member[] = []
  for (let count = 0; count < merchantCount; count++) {
    const merchant = await createMember(call, 'merchant')
    await call(`/partnerships/${publisher.id}/${merchant.id}`, {
      method: 'PUT',
      body: { status: 'approved' },
    })
    const body = { customer_segments: true }
    await call(`/organizations/${merchant.id}`, { method: 'PATCH', body })
    merchants.push(merchant)
  }
  return { publisher, merchants }
}

async function createMember(call: Call, role: 'publisher' | 'merchant'): Promise<Member> {
  const body = { name: `Bench ${role}`, role }
  const { id } = (await call('/organizations', { method: 'POST', body })) as { id: string }
  await call(`/organizations/${id}`, { method: 'PATCH', body: { requests_per_minute: 0 } })
  const created = await call(`/organizations/${id}/keys`, {
    method: 'POST',
    body: { name: 'bench' },
  })
  return { id, write: createWriter((created as { key: string }).key) }
}

/** Subscribes the publisher to changes of segments; answers the webhook's id. */
export async function subscribe(url: string, member: Member, target: string): Promise<string> {
  const body = { url: target, event_types: ['segment-change'] }
  const answer = await askOnce(url, member.write.post('/v1/webhooks', body))
  return (JSON.parse(answer) as { object: { id: string } }).object.id
}

/** One call on a connection of its own. */
export async function askOnce(url: string, call: Request): Promise<string> {
  const connection = openConnection(url)
  try {
    return await connection.ask(call)
  } finally {
    connection.close()
  }
}
