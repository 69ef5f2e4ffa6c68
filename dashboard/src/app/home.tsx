import { Text } from '@mantine/core'
import { useOrganization } from '../api/organization.ts'
import { useMe } from '../api/use-me.ts'
import { Page } from '../parts/page.tsx'

export function HomePage() {
  const org = useOrganization()
  const { data: me } = useMe()
  const name = me?.memberships.find(({ organization }) => organization.id === org)?.organization
    .name
  return (
    <Page title={name ?? 'Home'}>
      <Text size="sm">{org}</Text>
    </Page>
  )
}
