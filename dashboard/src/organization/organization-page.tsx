import { Card, Code, Group, Skeleton, Stack, Table, Title } from '@mantine/core'
import type { Organization, OrganizationFields } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'
import { forgetMe, useMay } from '../api/use-me.ts'
import { Copy } from '../parts/copy.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { ReadinessCard } from '../parts/readiness.tsx'
import { When } from '../parts/when.tsx'
import { OperatorsLooks } from './operators-looks.tsx'
import { ProfileForm } from '../parts/profile-form.tsx'

/** What others see of the organization, and how the operator has set it up. */
export function OrganizationPage() {
  const org = useOrganization()
  const client = useClient()
  const mayChange = useMay(org, 'people')
  const { data, error, refetch } = useQuery({
    queryKey: ['organization', org],
    queryFn: () => client.organization.get(),
  })
  const save = async (changes: OrganizationFields): Promise<void> => {
    queries.setQueryData(['organization', org], await client.organization.change(changes))
    // Its name stands in the header.
    await forgetMe()
  }
  return (
    <Page
      title="Organization"
      about={
        data?.role === 'merchant'
          ? 'Its name and profile, as publishers see them, and how the operator has set it up.'
          : 'Its name, as merchants see it, and how the operator has set it up.'
      }
    >
      {error !== null && (
        <Failure error={error} of="The organization" onRetry={() => void refetch()} />
      )}
      {!data && error === null && <Skeleton h={240} role="status" aria-label="Loading" />}
      {data && (
        <Stack>
          <Card withBorder>
            <Title order={2} size="h4" mb="xs">
              {data.role === 'merchant' ? 'Profile' : 'Name and retention'}
            </Title>
            <ProfileForm
              // What somebody else has changed meanwhile is not written over by what was read before.
              key={JSON.stringify(data)}
              organization={data}
              mayChange={mayChange}
              save={save}
            />
          </Card>
          <OperatorsLooks organization={data} mayChange={mayChange} save={save} />
          <Settings organization={data} />
          {data.role === 'merchant' && (
            <ReadinessCard
              queryKey={['readiness', org]}
              read={() => client.organization.readiness()}
            />
          )}
        </Stack>
      )}
    </Page>
  )
}

const VERDICTS: Record<string, string> = {
  network: 'the network says who is new',
  merchant: 'your own word on the order says who is new',
  both_must_agree: 'an order is of a new customer if the network and you say so',
}
const EVIDENCE: Record<string, string> = {
  before_click: 'purchases that were known before the click',
  any_time: 'all purchases before the order',
}

function Settings({ organization: its }: { organization: Organization }) {
  const rows = [
    [
      'Id',
      <Group key="id" gap="xs">
        <Code className="breaks">{its.id}</Code>
        <Copy text={its.id} label="Copy the id" />
      </Group>,
    ],
    ['Role', its.role],
    ['Since', <When key="since" date={its.created_date} />],
    [
      'Requests a minute',
      its.requests_per_minute === 0 ? 'no limit' : its.requests_per_minute.toLocaleString('en'),
    ],
    ...(its.role === 'merchant'
      ? [
          ['Segments', its.customer_segments ? 'shown to publishers' : 'not shown yet'],
          ['Verdict', VERDICTS[its.verdict_policy] ?? its.verdict_policy],
          [
            'Publishers that ask',
            its.answers_publishers ? 'you answer them' : 'the operator answers them',
          ],
          ['Evidence', EVIDENCE[its.evidence_policy] ?? its.evidence_policy],
          [
            'Orders stay open',
            its.finalization_days === 1 ? '1 day' : `${its.finalization_days} days`,
          ],
        ]
      : []),
  ] as const
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        Set by the operator
      </Title>
      <Table aria-label="Settings" layout="fixed">
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={String(name)}>
              <Table.Th scope="row" w={{ base: 120, sm: 220 }} fw={400}>
                {name}
              </Table.Th>
              <Table.Td className="breaks">{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  )
}
