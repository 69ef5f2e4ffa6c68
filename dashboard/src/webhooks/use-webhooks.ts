import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'
import { useMe } from '../api/use-me.ts'

// Health is looked at while something goes wrong: it must not be a minute old.
const HEALTH_MS = 15_000

export function useWebhooks() {
  const client = useClient()
  return useQuery({
    queryKey: ['webhooks', useOrganization()],
    queryFn: async () => (await client.webhooks.list({ page_size: 500 })).objects,
  })
}

export function useWebhook(id: string) {
  const client = useClient()
  return useQuery({
    queryKey: ['webhook', useOrganization(), id],
    queryFn: () => client.webhooks.get(id),
  })
}

export function useStats(id: string) {
  const client = useClient()
  return useQuery({
    queryKey: ['webhook-stats', useOrganization(), id],
    queryFn: () => client.webhooks.stats(id),
    refetchInterval: HEALTH_MS,
  })
}

export function useSeries(id: string, hours: number) {
  const client = useClient()
  return useQuery({
    queryKey: ['webhook-series', useOrganization(), id, hours],
    queryFn: () => client.webhooks.series(id, { hours }),
    refetchInterval: HEALTH_MS,
  })
}

const CACHED = [
  ...['webhooks', 'webhook', 'webhook-stats', 'webhook-series'],
  ...['deliveries', 'delivery', 'replays'],
]

/** After a change of a webhook: all that was read of it and of the list is read anew. */
export async function forgetWebhooks(): Promise<void> {
  await Promise.all(CACHED.map((first) => queries.invalidateQueries({ queryKey: [first] })))
}

/** The merchants that a filter may name. Merchants themselves have none to choose from. */
export function useMerchants(): { isPublisher: boolean; names: Map<string, string> } {
  const org = useOrganization()
  const client = useClient()
  const { data: me } = useMe()
  const role = me?.memberships.find(({ organization }) => organization.id === org)?.organization
    .role
  const isPublisher = role === 'publisher'
  const { data } = useQuery({
    queryKey: ['merchants', org],
    queryFn: async () => (await client.merchants.list()).objects,
    enabled: isPublisher,
  })
  return { isPublisher, names: new Map((data ?? []).map(({ id, name }) => [id, name])) }
}
