import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMayRead } from '../api/use-me.ts'
import { useIsMerchant } from '../api/use-role.ts'

/** Something that waits for a person, as the data says: it is gone when it is done. */
export interface Task {
  key: string
  text: string
  /** What to press, and where that leads. */
  go: string
  href: string
}

// More is said as that many.
const MOST_REQUESTS = 50

/** How many publishers wait for the answer of a merchant that gives it itself. */
function useRequests() {
  const org = useOrganization()
  const client = useClient()
  const isMerchant = useIsMerchant(org)
  const mayAnswer = useMayRead(org, 'commercial')
  return useQuery({
    queryKey: ['publishers', org, 'requests'],
    queryFn: async () => {
      const { answers_publishers: answers } = await client.organization.get()
      if (!answers) return 0
      const query = { status: 'pending', page_size: MOST_REQUESTS } as const
      return (await client.publishers.list(query)).objects.length
    },
    enabled: isMerchant && mayAnswer,
  })
}

/** What needs somebody who may act on webhooks and imports, or answers publishers. */
export function useTasks() {
  const org = useOrganization()
  const client = useClient()
  const isAllowed = useMayRead(org, 'technical')
  const webhooks = useQuery({
    queryKey: ['webhooks', org],
    queryFn: async () => (await client.webhooks.list({ page_size: 500 })).objects,
    enabled: isAllowed,
  })
  const imports = useQuery({
    queryKey: ['imports', org, ''],
    queryFn: () => client.imports.list({ page_size: 25 }),
    enabled: isAllowed,
  })
  const requests = useRequests()
  const tasks: Task[] = []
  const { data: asking = 0 } = requests
  if (asking > 0) {
    const text =
      asking === 1
        ? 'A publisher asks to work with you.'
        : `${asking === MOST_REQUESTS ? 'At least ' : ''}${asking} publishers ask to work with you.`
    tasks.push({ key: 'requests', text, go: 'Answer', href: `/o/${org}/publishers` })
  }
  for (const { id, description, url, status } of webhooks.data ?? []) {
    if (status !== 'paused') continue
    const text = `The webhook ${description ?? url} is paused: its events wait.`
    tasks.push({ key: id, text, go: 'See why', href: `/o/${org}/webhooks/${id}` })
  }
  for (const { id, state, total_rows: rows } of imports.data?.objects ?? []) {
    if (state !== 'ready') continue
    const text = `A file of ${rows.toLocaleString('en')} rows was looked at, and waits to be started or dropped.`
    tasks.push({ key: id, text, go: 'Decide', href: `/o/${org}/imports/${id}` })
  }
  return {
    isAllowed,
    tasks,
    isPending: (isAllowed && (webhooks.isPending || imports.isPending)) || requests.isLoading,
    error: webhooks.error ?? imports.error ?? requests.error,
    retry: () => {
      for (const query of [webhooks, imports, requests]) {
        if (query.error !== null) void query.refetch()
      }
    },
  }
}
