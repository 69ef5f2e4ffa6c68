import { Text } from '@mantine/core'
import { Navigate } from '@tanstack/react-router'
import { useMe } from '../api/use-me.ts'
import { Empty } from '../parts/empty.tsx'
import { Page } from '../parts/page.tsx'

/** Leads to the first organization, an operator of none to all of them; says what to do where there is none. */
export function Entrance() {
  const { data: me } = useMe()
  const first = me?.memberships[0]
  if (first) return <Navigate to="/o/$org" params={{ org: first.organization.id }} replace />
  if (me?.is_operator === true) return <Navigate to="/operator" replace />
  return (
    <Page title="Welcome">
      <Empty title="You belong to no organization any more.">
        <Text size="sm">Ask an owner of yours for an invitation.</Text>
      </Empty>
    </Page>
  )
}
