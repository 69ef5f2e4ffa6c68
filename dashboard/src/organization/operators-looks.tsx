import { Card, List, Stack, Switch, Text, Title } from '@mantine/core'
import type { Organization, OrganizationFields } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'

export interface OperatorsLooksProps {
  organization: Organization
  mayChange: boolean
  save: (changes: OrganizationFields) => Promise<void>
}

/** Whether operators may look at these pages, and who does so now. */
export function OperatorsLooks({ organization, mayChange, save }: OperatorsLooksProps) {
  const org = useOrganization()
  const client = useClient()
  const { isBusy, act } = useAct()
  const { data: looks = [] } = useQuery({
    queryKey: ['organization', org, 'looks', organization.operator_may_look],
    queryFn: () => client.organization.looks(),
  })
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Title order={2} size="h4">
          Operators
        </Title>
        <Switch
          label="Operators may look at these pages"
          description="To read, for half an hour and for a reason that your audit log tells. Off ends what goes on."
          checked={organization.operator_may_look}
          disabled={!mayChange || isBusy}
          onChange={(event) => {
            const { checked } = event.currentTarget
            void act(() => save({ operator_may_look: checked }), 'It is changed.')
          }}
        />
        {looks.length > 0 && (
          <List size="sm" aria-label="Who looks now">
            {looks.map(({ id, reason, until_date: until }) => (
              <List.Item key={id} className="breaks">
                An operator looks until <When date={until} />: “{reason}”
              </List.Item>
            ))}
          </List>
        )}
        {!mayChange && <Text size="sm">Members with the permission “people” change it.</Text>}
      </Stack>
    </Card>
  )
}
