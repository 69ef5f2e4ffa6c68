import { Anchor, Button, Code, Group, List, Skeleton, Stack, Text } from '@mantine/core'
import type { Organization } from '@newcomer/client/browser'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { When } from '../parts/when.tsx'
import { CreateOrganization } from './create-organization.tsx'
import { useOrganizationPage } from './use-operator.ts'

/** All publishers and merchants of the network. */
export function OrganizationsPage() {
  const navigate = useNavigate()
  const { cursor } = useSearch({ strict: false })
  const { data, error, refetch } = useOrganizationPage(cursor)
  const [isCreating, setCreating] = useState(false)
  const goTo = (next: string | undefined) =>
    void navigate({ to: '/operator/organizations', search: { cursor: next } })
  const organizations = data?.organizations
  return (
    <Page
      title="Organizations"
      about="The publishers and merchants of this network."
      actions={<Button onClick={() => setCreating(true)}>Create an organization</Button>}
    >
      <Stack>
        {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
        {!data && error === null && <Skeleton h={200} role="status" aria-label="Loading" />}
        {organizations?.length === 0 && <NetworkSteps />}
        {organizations && organizations.length > 0 && (
          <OrganizationRows organizations={organizations} />
        )}
        {(data?.next ?? data?.previous) !== undefined && (
          <Group>
            <Button
              variant="default"
              disabled={data?.previous === undefined}
              onClick={() => goTo(data?.previous)}
            >
              Older
            </Button>
            <Button
              variant="default"
              disabled={data?.next === undefined}
              onClick={() => goTo(data?.next)}
            >
              Newer
            </Button>
          </Group>
        )}
      </Stack>
      <CreateOrganization isOpen={isCreating} onClose={() => setCreating(false)} />
    </Page>
  )
}

function NetworkSteps() {
  return (
    <Empty title="Your network has nobody yet. Make it in three steps:">
      <List size="sm" type="ordered">
        <List.Item>create a publisher, and a merchant</List.Item>
        <List.Item>invite the first owner of each, on the organization’s own page</List.Item>
        <List.Item>approve their partnership</List.Item>
      </List>
    </Empty>
  )
}

function OrganizationRows({ organizations }: { organizations: Organization[] }) {
  return (
    <Rows
      caption="Organizations"
      rows={organizations}
      keyOf={({ id }) => id}
      columns={[
        {
          name: 'Name',
          show: ({ id, name }) => (
            <Anchor
              inherit
              underline="always"
              className="breaks"
              renderRoot={(props) => (
                <Link to="/operator/organizations/$id" params={{ id }} {...props} />
              )}
            >
              {name}
            </Anchor>
          ),
        },
        { name: 'Role', show: ({ role }) => role },
        { name: 'Segments', show: saySegments },
        {
          name: 'Requests a minute',
          show: ({ requests_per_minute: limit }) =>
            limit === 0 ? 'no limit' : limit.toLocaleString('en'),
        },
        { name: 'Since', show: (each) => <When date={each.created_date} /> },
        { name: 'Id', show: ({ id }) => <Code className="breaks">{id}</Code> },
      ]}
    />
  )
}

function saySegments({ role, customer_segments: isOn }: Organization): React.ReactNode {
  if (role === 'publisher') return <Text inherit>–</Text>
  return isOn ? 'shown' : 'not shown yet'
}
