import { createCall, must } from '../support/network.ts'
import { emailHash } from './reports.ts'
import { OPERATOR_KEY } from './import-place.ts'

export interface Joined {
  id: string
  key: string
}

/** Joins a publisher and shops, approved with each other, to a server that has nobody yet. */
export async function joinImporters(
  url: string,
  shops: number,
): Promise<{ publisher: Joined; shops: Joined[] }> {
  const operator = createCall(url, OPERATOR_KEY)
  async function join(name: string, role: string): Promise<Joined> {
    const { id } = await must(operator('POST', '/operator/v1/organizations', { name, role }))
    const path = `/operator/v1/organizations/${id}`
    const change = {
      requests_per_minute: 0,
      ...(role === 'merchant' && { customer_segments: true }),
    }
    await must(operator('PATCH', path, change))
    const { key } = await must(operator('POST', `${path}/keys`, { name: 'test' }))
    return { id, key }
  }
  const publisher = await join('Publisher', 'publisher')
  const joined: Joined[] = []
  for (let index = 0; index < shops; index++) joined.push(await join(`Shop ${index}`, 'merchant'))
  for (const { id } of joined) {
    const path = `/operator/v1/partnerships/${publisher.id}/${id}`
    await must(operator('PUT', path, { status: 'approved' }))
  }
  return { publisher, shops: joined }
}

const BATCH = 500

/** The publisher knows these people, each as `p-<number>` by an address. */
export async function reportPeople(
  url: string,
  { key }: Joined,
  people: number[],
  which = 0,
): Promise<void> {
  const call = createCall(url, key)
  for (let at = 0; at < people.length; at += BATCH) {
    const customers = people
      .slice(at, at + BATCH)
      .map((person) => ({ id: `p-${person}`, email_sha256: emailHash(person, which) }))
    await must(call('POST', '/v1/customers/batch', { customers }))
  }
}
