import type { Delivery, Endpoint, SingleEvent } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import type { TailedEvent } from './use-tail.ts'

/** How long after an event somebody knew of it. */
export interface Told {
  /** Who: a webhook, `endpoint-…`; undefined for this screen, where no webhook is told of such events. */
  webhook: string | undefined
  name: string
  /** From the event until the receiver had answered, by the server's clock; undefined while it has not. */
  ms: number | undefined
}

// Of the newest events: as many as are seen at once, so that a flood of events is no flood of calls.
const LOOKED_AT = 50
const MOST_WEBHOOKS = 3
const AGAIN_MS = 2_000

/** Answers, of an event, how soon each webhook was told of it, or this screen was. */
export function useTold(events: readonly TailedEvent[]): (tailed: TailedEvent) => Told[] {
  const org = useOrganization()
  const client = useClient()
  const { data: all = [] } = useQuery({
    queryKey: ['webhooks', org],
    queryFn: async () => (await client.webhooks.list({ page_size: 500 })).objects,
  })
  const looked = events.slice(0, LOOKED_AT).map(({ event }) => event)
  const webhooks = all
    .filter(
      (webhook) => webhook.status === 'enabled' && looked.some((each) => wants(webhook, each)),
    )
    .slice(0, MOST_WEBHOOKS)
  const ids = webhooks.map(({ id }) => id)
  const oldest = looked.at(-1)?.timestamp
  const { data: deliveries } = useQuery({
    queryKey: ['told', org, ids, looked[0]?.id],
    queryFn: async () => {
      const query = { start_date: oldest, page_size: LOOKED_AT }
      const pages = await Promise.all(
        ids.map(async (id) => (await client.webhooks.deliveries(id, query)).objects),
      )
      return new Map(ids.map((id, index) => [id, pages[index] ?? []]))
    },
    enabled: ids.length > 0 && looked.length > 0,
    refetchInterval: ({ state }) =>
      [...(state.data?.values() ?? [])].flat().some(({ state: its }) => its === 'waiting') &&
      AGAIN_MS,
    placeholderData: (before) => before,
  })
  return (tailed) => {
    const its = webhooks.filter((webhook) => wants(webhook, tailed.event))
    if (its.length === 0) return [toScreen(tailed)]
    return its.map(({ id, url, description }) => ({
      webhook: id,
      name: description ?? URL.parse(url)?.host ?? id,
      ms: toldMs(deliveries?.get(id), tailed.event.id),
    }))
  }
}

function wants({ event_types: types }: Endpoint, event: SingleEvent): boolean {
  return types.some((type) => type === event.event_type)
}

/** By two clocks: the server's and this computer's, which may be ahead of it or behind. */
function toScreen({ event, arrivedMs }: TailedEvent): Told {
  const ms = Math.max(0, arrivedMs - Date.parse(event.timestamp))
  return { webhook: undefined, name: 'this screen', ms }
}

/** Undefined until the event was acknowledged. A replay of it is no first telling. */
function toldMs(deliveries: readonly Delivery[] | undefined, event: string): number | undefined {
  const delivery = deliveries?.find(({ event_id }) => event_id === event)
  const first = delivery?.attempts.find(
    ({ status, replay_id }) => replay_id === null && status !== null && status < 300,
  )
  if (!delivery || !first) return undefined
  return Date.parse(first.at) + first.duration_ms - Date.parse(delivery.created_date)
}
