import { Card, Code, Group, Skeleton, Stack, Title } from '@mantine/core'
import type { Organization, OrganizationFields } from '@newcomer/client/browser'
import { useParams } from '@tanstack/react-router'
import { operator } from '../api/operator.ts'
import type { OrganizationSettings } from '../api/operator.ts'
import { forgetMe } from '../api/use-me.ts'
import { Copy } from '../parts/copy.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { ProfileForm } from '../parts/profile-form.tsx'
import { ReadinessCard } from '../parts/readiness.tsx'
import { LookOver } from './look-over.tsx'
import { OperatedKeys } from './operated-keys.tsx'
import { OperatedPeople } from './operated-people.tsx'
import { SettingsForm } from './settings-form.tsx'
import { forgetOperated, useOperatedOrganization } from './use-operator.ts'

/** One organization: what the operator has set, its keys, and its people. */
export function OperatedOrganizationPage() {
  const { id = '' } = useParams({ strict: false })
  const { data, error, refetch } = useOperatedOrganization(id)
  return (
    <Page
      title={data?.name ?? 'Organization'}
      about={
        <Group gap="xs" component="span">
          {data?.role} <Code className="breaks">{id}</Code>
        </Group>
      }
      actions={
        <>
          <LookOver organization={id} />
          <Copy text={id} label="Copy the id" />
        </>
      }
    >
      {error !== null && (
        <Failure error={error} of="The organization" onRetry={() => void refetch()} />
      )}
      {!data && error === null && <Skeleton h={320} role="status" aria-label="Loading" />}
      {data && (
        <Stack gap="xl">
          <Settings organization={data} />
          <OperatedPeople organization={id} />
          <OperatedKeys organization={id} />
        </Stack>
      )}
    </Page>
  )
}

function Settings({ organization }: { organization: Organization }) {
  const save = async (changes: OrganizationSettings | OrganizationFields): Promise<void> => {
    await operator.organizations.change(organization.id, changes)
    await forgetOperated('organizations')
    // Its name may stand in the header.
    await forgetMe()
  }
  // What somebody else has changed meanwhile is not written over by what was read before.
  const key = JSON.stringify(organization)
  return (
    <>
      <Card withBorder>
        <Title order={2} size="h4" mb="xs">
          Settings
        </Title>
        <SettingsForm key={key} organization={organization} save={save} />
      </Card>
      {organization.role === 'merchant' && (
        <ReadinessCard
          queryKey={['operator', 'readiness', organization.id]}
          read={() => operator.organizations.readiness(organization.id)}
        />
      )}
      <Card withBorder>
        <Title order={2} size="h4" mb="xs">
          {organization.role === 'merchant' ? 'Profile' : 'Name'}
        </Title>
        <ProfileForm key={key} organization={organization} mayChange save={save} />
      </Card>
    </>
  )
}
