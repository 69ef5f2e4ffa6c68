import { useQuery } from '@tanstack/react-query'
import type { BrowserClient } from '@newcomer/client/browser'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMe } from '../api/use-me.ts'
import { useIsMerchant } from '../api/use-role.ts'
import type { Permission } from '../api/account.ts'

/** A step until an organization works with the network: done or not as its data says, never ticked by hand. */
export interface Step {
  text: string
  isDone: boolean
  /** What to press, and where that leads; absent where it is the operator's to do. */
  go?: { label: string; href: string }
}

interface StepRule extends Omit<Step, 'isDone' | 'go'> {
  /** The permission without which nobody sees whether it is done. */
  needs?: Permission
  go?: { label: string; path: string }
  isDone(client: BrowserClient): Promise<boolean>
}

const hasFile = async (client: BrowserClient): Promise<boolean> =>
  (await client.imports.list({ page_size: 25 })).objects.some(({ state }) => state === 'finished')

const hasUsedKey = async (client: BrowserClient): Promise<boolean> =>
  (await client.keys.list()).objects.some(({ last_used_date: used }) => used !== null)

const OF_PUBLISHER: StepRule[] = [
  {
    text: 'A program of yours has called, or a file was brought in.',
    needs: 'technical',
    go: { label: 'Upload a file', path: '/imports/new' },
    isDone: async (client) => (await hasFile(client)) || (await hasUsedKey(client)),
  },
  {
    text: 'A webhook is there to be told of moves.',
    needs: 'technical',
    go: { label: 'Create a webhook', path: '/webhooks/new' },
    isDone: async (client) => (await client.webhooks.list({ page_size: 1 })).objects.length > 0,
  },
  {
    text: 'A merchant has approved you.',
    go: { label: 'See merchants', path: '/merchants' },
    isDone: async (client) =>
      (await client.merchants.list({ status: 'approved', page_size: 1 })).objects.length > 0,
  },
  {
    text: 'The first of your customers has moved.',
    go: { label: 'See moves', path: '/segments' },
    isDone: async (client) =>
      (await client.reports.moves({ by: 'merchant' })).moves.some(({ moves }) => moves > 0),
  },
]

const OF_MERCHANT: StepRule[] = [
  {
    text: 'Your history is here: a file of those who have purchased.',
    go: { label: 'Upload a file', path: '/imports/new' },
    isDone: hasFile,
  },
  {
    text: 'Orders arrive.',
    needs: 'customers',
    go: { label: 'See orders', path: '/orders' },
    isDone: async (client) => (await client.orders.list({ page_size: 1 })).objects.length > 0,
  },
  {
    text: 'A rate card says what you pay.',
    go: { label: 'Make a card', path: '/rates' },
    isDone: async (client) => (await client.rateCards.list({ page_size: 1 })).objects.length > 0,
  },
  {
    text: 'Links may lead to a host of yours.',
    go: { label: 'See the API', path: '/api' },
    isDone: async (client) => (await client.linkHosts.list()).objects.length > 0,
  },
  {
    text: 'Segments are switched on. The operator does that.',
    isDone: async (client) => (await client.organization.get()).customer_segments,
  },
  {
    text: 'A publisher works with you.',
    go: { label: 'See publishers', path: '/publishers' },
    isDone: async (client) =>
      (await client.publishers.list({ page_size: 25 })).objects.some(
        ({ status }) => status === 'approved',
      ),
  },
]

/** The steps that the person can see the state of. */
export function useSteps() {
  const org = useOrganization()
  const client = useClient()
  const isMerchant = useIsMerchant(org)
  const { data: me } = useMe()
  const held = me?.memberships.find(({ organization }) => organization.id === org)?.permissions
  return useQuery({
    queryKey: ['steps', org, isMerchant, held],
    queryFn: async (): Promise<Step[]> => {
      const rules = (isMerchant ? OF_MERCHANT : OF_PUBLISHER).filter(
        ({ needs }) => needs === undefined || held?.includes(needs),
      )
      return Promise.all(
        rules.map(async ({ text, go, isDone }) => ({
          text,
          isDone: await isDone(client),
          ...(go && { go: { label: go.label, href: `/dashboard/o/${org}${go.path}` } }),
        })),
      )
    },
    enabled: held !== undefined,
  })
}
