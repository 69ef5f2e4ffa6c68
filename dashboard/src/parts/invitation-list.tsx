import { Box, Button, Skeleton, Text, Title } from '@mantine/core'
import type { Invitation } from '@newcomer/client/browser'
import { Failure } from './failure.tsx'
import { Rows } from './rows.tsx'
import { useAct } from './use-act.ts'
import { When } from './when.tsx'
import { sayGrant } from './permissions.ts'

export interface InvitationListProps {
  data: Invitation[] | undefined
  error: unknown
  /** Not to an organization, but to run this Newcomer. */
  isToOperate?: boolean
  onRetry: () => void
  withdraw: (id: string) => Promise<void>
}

/** Those that can still be accepted. */
export function InvitationList({
  data,
  error,
  isToOperate = false,
  onRetry,
  withdraw,
}: InvitationListProps) {
  return (
    <Box>
      <Title order={2} size="h4" mb="xs">
        Invitations
      </Title>
      {error !== null && <Failure error={error} of="The list" onRetry={onRetry} />}
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
            { name: 'May', show: (each) => (isToOperate ? 'be an operator' : sayGrant(each)) },
            { name: 'Invited', show: (each) => <When date={each.created_date} /> },
            { name: 'Ends', show: (each) => <When date={each.expires_date} /> },
            { name: 'Actions', show: (each) => <Withdraw invitation={each} withdraw={withdraw} /> },
          ]}
        />
      )}
    </Box>
  )
}

interface WithdrawProps extends Pick<InvitationListProps, 'withdraw'> {
  invitation: Invitation
}

function Withdraw({ invitation: { id, email }, withdraw }: WithdrawProps) {
  const { isBusy, act } = useAct()
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={isBusy}
      aria-label={`Withdraw the invitation of ${email}`}
      onClick={() => void act(() => withdraw(id), 'Its link is good for nothing now.')}
    >
      Withdraw
    </Button>
  )
}
