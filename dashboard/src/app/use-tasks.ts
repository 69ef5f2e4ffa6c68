import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'

/** Something that waits for a person, as the data says: it is gone when it is done. */
export interface Task {
  key: string
  text: string
  /** What to press, and where that leads. */
  go: string
  href: string
}

/** What needs somebody who may act on webhooks and imports. */
export function useTasks() {
  const org = useOrganization()
  const client = useClient()
  const isAllowed = useMay(org, 'technical')
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
  const tasks: Task[] = []
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
  if (imports.data?.objects.length === 0) {
    const text = 'No customers were brought in by a file yet.'
    tasks.push({ key: 'import', text, go: 'Upload a file', href: `/o/${org}/imports/new` })
  }
  if (webhooks.data?.length === 0) {
    const text = 'No webhook is there to be told of what happens.'
    tasks.push({ key: 'webhook', text, go: 'Create a webhook', href: `/o/${org}/webhooks/new` })
  }
  return {
    isAllowed,
    tasks,
    isPending: isAllowed && (webhooks.isPending || imports.isPending),
    error: webhooks.error ?? imports.error,
    retry: () => void Promise.all([webhooks.refetch(), imports.refetch()]),
  }
}
