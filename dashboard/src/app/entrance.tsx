import { List, Text } from '@mantine/core'
import { Navigate } from '@tanstack/react-router'
import { useMe } from '../api/use-me.ts'
import { Empty } from '../parts/empty.tsx'
import { Page } from '../parts/page.tsx'

/** Leads to the first organization; says what to do where there is none. */
export function Entrance() {
  const { data: me } = useMe()
  const first = me?.memberships[0]
  if (first) return <Navigate to="/o/$org" params={{ org: first.organization.id }} replace />
  return (
    <Page title="Welcome">
      {me?.is_operator === true ? (
        <Empty title="You operate this Newcomer, and belong to no organization yet.">
          <Text size="sm">Make your network in three steps, with the operator command:</Text>
          <List size="sm" type="ordered">
            <List.Item>a publisher and a merchant</List.Item>
            <List.Item>a partnership between the two</List.Item>
            <List.Item>an invitation for the people of each</List.Item>
          </List>
        </Empty>
      ) : (
        <Empty title="You belong to no organization any more.">
          <Text size="sm">Ask an owner of yours for an invitation.</Text>
        </Empty>
      )}
    </Page>
  )
}
