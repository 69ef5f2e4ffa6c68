import { Box, Button, Skeleton, Text, Title } from '@mantine/core'
import type { Invitation } from '@newcomer/client/browser'
import { useClient } from '../api/organization.ts'
import { Failure } from '../parts/failure.tsx'
import { Rows } from '../parts/rows.tsx'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'
import { sayGrant } from './permissions.ts'
import { forgetMembers, useInvitations } from './use-members.ts'

/** Those that can still be accepted. */
export function Invitations() {
  const { data, error, refetch } = useInvitations(true)
  return (
    <Box>
      <Title order={2} size="h4" mb="xs">
        Invitations
      </Title>
      {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
      {!data && error === null && <Skeleton h={80} role="status" aria-label="Loading" />}
      {data?.length === 0 && <Text size="sm">Nobody is invited.</Text>}
      {data && data.length > 0 && (
        <Rows
          caption="Invitations"
          rows={data}
          keyOf={({ id }) => id}
          columns={[
            {
              name: 'E-mail',
              show: ({ email }) => (
                <Text inherit className="breaks">
                  {email}
                </Text>
              ),
            },
            { name: 'May', show: sayGrant },
            { name: 'Invited', show: (each) => <When date={each.created_date} /> },
            { name: 'Ends', show: (each) => <When date={each.expires_date} /> },
            { name: 'Actions', show: (each) => <Withdraw invitation={each} /> },
          ]}
        />
      )}
    </Box>
  )
}

function Withdraw({ invitation: { id, email } }: { invitation: Invitation }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={isBusy}
      aria-label={`Withdraw the invitation of ${email}`}
      onClick={() =>
        void act(async () => {
          await client.invitations.remove(id)
          await forgetMembers()
        }, 'Its link is good for nothing now.')
      }
    >
      Withdraw
    </Button>
  )
}
