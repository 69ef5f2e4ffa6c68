import { createCall, must } from '../support/network.ts'
import type { Answer, Call } from '../support/network.ts'
import type { Reporter } from './reports.ts'

/** Two publishers and a shop on a server that runs; what calls and webhooks need to know of them. */
export interface Members {
  keys: Record<Reporter, string>
  /** The publishers' webhooks. */
  hooks: Record<'A' | 'B', { id: string; secret: string }>
}

export async function joinNetwork(
  url: string,
  operatorKey: string,
  receivers: Record<'A' | 'B', string>,
): Promise<Members> {
  const operator = createCall(url, operatorKey)
  const join = async (name: string, role: string): Promise<{ id: string; key: string }> => {
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
  const shop = await join('Shop', 'merchant')
  const publishers = { A: await join('Publisher A', 'publisher'), B: await join('B', 'publisher') }
  for (const { id } of Object.values(publishers)) {
    await must(
      operator('PUT', `/operator/v1/partnerships/${id}/${shop.id}`, { status: 'approved' }),
    )
  }
  const hook = async (name: 'A' | 'B'): Promise<{ id: string; secret: string }> => {
    const fields = { url: receivers[name], event_types: ['segment-change'] }
    return must(createCall(url, publishers[name].key)('POST', '/v1/webhooks', fields))
  }
  return {
    keys: { A: publishers.A.key, B: publishers.B.key, shop: shop.key },
    hooks: { A: await hook('A'), B: await hook('B') },
  }
}

/** All objects of a list, page by page. */
export async function readAll(call: Call, path: string): Promise<Answer['body'][]> {
  const objects: Answer['body'][] = []
  for (let next: string | null = path; next !== null;) {
    const { status, body }: Answer = await call('GET', next)
    if (status !== 200) throw new Error(`${next} was answered ${status}`)
    objects.push(...body.objects)
    const url: URL | null = body.meta.next === null ? null : new URL(body.meta.next)
    next = url && url.pathname + url.search
  }
  return objects
}
