import type { ListedRateCard } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'
import { useIsMerchant } from '../api/use-role.ts'

/** All cards of the merchant, the oldest first. There are as many as there are publishers with one of their own. */
export function useCards() {
  const org = useOrganization()
  const client = useClient()
  return useQuery({
    queryKey: ['rate-cards', org],
    queryFn: async () => {
      const cards: ListedRateCard[] = []
      for await (const card of await client.rateCards.list({ page_size: 500 })) cards.push(card)
      return cards
    },
    enabled: useIsMerchant(org),
  })
}

/** After a change of one of them. */
export async function forgetCards(): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['rate-cards'] })
  await queries.invalidateQueries({ queryKey: ['rate-card'] })
  await queries.invalidateQueries({ queryKey: ['publishers'] })
}
