import { Box, Button, Group, Skeleton, Text, Title } from '@mantine/core'
import type { Member } from '@newcomer/client/browser'
import { useMe } from '../api/use-me.ts'
import { Failure } from '../parts/failure.tsx'
import { personColumns } from '../parts/person-columns.tsx'
import { Rows } from '../parts/rows.tsx'
import { When } from '../parts/when.tsx'
import { sayGrant } from '../parts/permissions.ts'
import { useMembers } from './use-members.ts'

export interface MembersProps {
  onChoose: (does: 'change' | 'remove', member: Member) => void
}

export function Members({ onChoose }: MembersProps) {
  const { data: me } = useMe()
  const { data, error, refetch } = useMembers(true)
  return (
    <Box>
      <Title order={2} size="h4" mb="xs">
        Members
      </Title>
      {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
      {!data && error === null && <Skeleton h={120} role="status" aria-label="Loading" />}
      {data?.length === 0 && (
        <Text size="sm">Nobody yet: the organization is looked after by its API keys.</Text>
      )}
      {data && data.length > 0 && (
        <Rows
          caption="Members"
          rows={data}
          keyOf={({ id }) => id}
          columns={[
            ...personColumns(me?.id),
            { name: 'May', show: sayGrant },
            { name: 'Second factors', show: ({ factors }) => sayFactors(factors) },
            { name: 'Since', show: (each) => <When date={each.created_date} /> },
            {
              name: 'Actions',
              show: (each) => (
                <Group gap={6}>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={`Change what ${each.name} may do`}
                    onClick={() => onChoose('change', each)}
                  >
                    Change
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={`Remove ${each.name}`}
                    onClick={() => onChoose('remove', each)}
                  >
                    Remove
                  </Button>
                </Group>
              ),
            },
          ]}
        />
      )}
    </Box>
  )
}

function sayFactors({ totp, passkeys }: Member['factors']): string {
  const said = [
    ...(totp ? ['authenticator app'] : []),
    ...(passkeys === 1 ? ['a passkey'] : passkeys > 1 ? [`${passkeys} passkeys`] : []),
  ]
  return said.length === 0 ? 'none' : said.join(', ')
}
