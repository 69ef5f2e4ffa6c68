import { Box, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { operator } from '../api/operator.ts'
import { Failure } from '../parts/failure.tsx'
import { Invite } from '../parts/invite.tsx'
import { InvitationList } from '../parts/invitation-list.tsx'
import { PersonRows } from './person-rows.tsx'
import { forgetOperated, useOpenInvitations, usePeople } from './use-operator.ts'

/** Who acts for the organization in the dashboard. Its first owner is invited here, and invites the others. */
export function OperatedPeople({ organization }: { organization: string }) {
  const { data, error, refetch } = usePeople(organization)
  const [isInviting, setInviting] = useState(false)
  return (
    <Stack gap="xl">
      <Box>
        <Group justify="space-between" mb="xs">
          <Title order={2} size="h4">
            Members
          </Title>
          <Button size="xs" variant="default" onClick={() => setInviting(true)}>
            Invite somebody
          </Button>
        </Group>
        {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
        {!data && error === null && <Skeleton h={80} role="status" aria-label="Loading" />}
        {data?.length === 0 && (
          <Text size="sm">Nobody yet. Invite an owner, who invites the others.</Text>
        )}
        {data && data.length > 0 && (
          <PersonRows caption="Members" people={data} organization={organization} />
        )}
      </Box>
      <Invitations organization={organization} />
      <Invite
        isOpen={isInviting}
        firstGrant="owner"
        invite={async (fields) => {
          const made = await operator.invitations.create({ ...fields, organization })
          await forgetOperated('invitations')
          return made
        }}
        onClose={() => setInviting(false)}
      />
    </Stack>
  )
}

/** The open ones; without an organization those to be an operator. */
export function Invitations({ organization }: { organization?: string }) {
  const { data, error, refetch } = useOpenInvitations(organization)
  return (
    <InvitationList
      data={data}
      error={error}
      isToOperate={organization === undefined}
      onRetry={() => void refetch()}
      withdraw={async (id) => {
        await operator.invitations.remove(id)
        await forgetOperated('invitations')
      }}
    />
  )
}
