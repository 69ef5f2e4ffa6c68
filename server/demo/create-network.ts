import { createClient } from '../../client/src/index.ts'
import type { Client } from '../../client/src/index.ts'
import { createCall } from '../src/operator/call.ts'
import type { Call } from '../src/operator/call.ts'
import { RATE_CARD } from './rates.ts'
import type { Inbox, Receiver } from './receiver.ts'

export interface Member {
  id: string
  name: string
  key: string
  client: Client
}

export interface Publisher extends Member {
  inbox: Inbox
}

export interface DemoNetwork {
  publishers: Publisher[]
  merchant: Member
  /** From then on the publishers see which of their customers are new to the merchant. */
  switchSegmentsOn(): Promise<void>
  /** Answers the link by which somebody becomes an operator. */
  inviteOperator(email: string): Promise<string>
  /** How much is wrong in the database. */
  verify(): Promise<number>
}

/** Where the publishers' links lead. Nobody goes there. */
export const SHOP_HOST = 'cd-shop.example'

/**
 * Two publishers and a merchant who work together, made as an operator makes them. The merchant says
 * where links may lead and what it pays.
 */
export async function createNetwork(
  { url, operatorKey }: { url: string; operatorKey: string },
  receiver: Receiver,
): Promise<DemoNetwork> {
  const call = createCall(url, operatorKey)
  const merchant = await createMember(url, call, 'CD shop', 'merchant')
  const publishers: Publisher[] = []
  for (const letter of ['A', 'B']) {
    const publisher = await createMember(url, call, `Publisher ${letter}`, 'publisher')
    await call(`/partnerships/${publisher.id}/${merchant.id}`, {
      method: 'PUT',
      body: { status: 'approved' },
    })
    publishers.push({ ...publisher, inbox: await subscribe(publisher, receiver, letter) })
  }
  await merchant.client.linkHosts.add(SHOP_HOST)
  await merchant.client.rateCards.create(RATE_CARD)
  async function switchSegmentsOn(): Promise<void> {
    const body = { customer_segments: true }
    await call(`/organizations/${merchant.id}`, { method: 'PATCH', body })
  }
  async function inviteOperator(email: string): Promise<string> {
    const invited = await call('/invitations', { method: 'POST', body: { email } })
    return (invited as { link: string }).link
  }
  async function verify(): Promise<number> {
    const { drift } = (await call('/verify', { method: 'POST' })) as { drift: number }
    return drift
  }
  return { publishers, merchant, switchSegmentsOn, inviteOperator, verify }
}

async function createMember(
  url: string,
  call: Call,
  name: string,
  role: 'publisher' | 'merchant',
): Promise<Member> {
  const { id } = (await call('/organizations', { method: 'POST', body: { name, role } })) as {
    id: string
  }
  // Three months in half a minute is more than anybody is allowed unless told otherwise.
  await call(`/organizations/${id}`, { method: 'PATCH', body: { requests_per_minute: 0 } })
  const { key } = (await call(`/organizations/${id}/keys`, {
    method: 'POST',
    body: { name: 'demo' },
  })) as { key: string }
  return { id, name, key, client: createClient({ apiKey: key, baseUrl: url }) }
}

async function subscribe(publisher: Member, receiver: Receiver, letter: string): Promise<Inbox> {
  const address = receiver.open(`/publisher-${letter.toLowerCase()}`)
  const { secret } = await publisher.client.webhooks.create({
    url: address.url,
    event_types: ['segment-change', 'tx-pending', 'tx-validated', 'tx-declined'],
  })
  address.trust(secret)
  return address.inbox
}
