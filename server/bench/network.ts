import { createCall } from '../src/operator/call.ts'
import type { Call } from '../src/operator/call.ts'
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
  const publisher = await createMember(call, 'publisher', {})
  const join = async (): Promise<Member> => {
    const merchant = await createMember(call, 'merchant', { customer_segments: true })
    await call(`/partnerships/${publisher.id}/${merchant.id}`, {
      method: 'PUT',
      body: { status: 'approved' },
    })
    return merchant
  }
  // Side by side: the server reads its directory anew after each call, but once for all of a moment.
  const merchants = await Promise.all(Array.from({ length: merchantCount }, join))
  return { publisher, merchants }
}

/** Where links to the merchant may lead. */
export const hostOf = (merchant: Member): string => `${merchant.id}.example`

/** Registers the merchant's host for links, and what it pays. */
export async function openShop(url: string, merchant: Member): Promise<void> {
  await askOnce(url, merchant.write.post('/v1/link-hosts', { host: hostOf(merchant) }))
  await askOnce(url, cardOf(merchant, 5.25))
}

/** What the merchant pays from long ago on, in percent for who is new. */
export function cardOf({ write }: Member, percent: number): Request {
  return write.post('/v1/rate-cards', {
    name: 'Bench',
    start_date: '2025-01-01T00:00:00Z',
    rates: [
      { segment: 'new', percent },
      { segment: 'active', percent: 2 },
      { segment: 'default', percent: 1 },
    ],
  })
}

async function createMember(
  call: Call,
  role: 'publisher' | 'merchant',
  settings: Record<string, unknown>,
): Promise<Member> {
  const body = { name: `Bench ${role}`, role }
  const { id } = (await call('/organizations', { method: 'POST', body })) as { id: string }
  const change = { ...settings, requests_per_minute: 0 }
  await call(`/organizations/${id}`, { method: 'PATCH', body: change })
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
