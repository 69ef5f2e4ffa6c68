import { Box, Button, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { operator } from '../api/operator.ts'
import type { Person } from '../api/operator.ts'
import { Failure } from '../parts/failure.tsx'
import { Invite } from '../parts/invite.tsx'
import { Page } from '../parts/page.tsx'
import { Invitations } from './operated-people.tsx'
import { PersonRows } from './person-rows.tsx'
import { forgetOperated, usePeople } from './use-operator.ts'

/** The operators, and everybody else who can sign in. */
export function OperatorPeoplePage() {
  const { data, error, refetch } = usePeople()
  const [isInviting, setInviting] = useState(false)
  return (
    <Page
      title="People"
      about="Who runs this Newcomer, and everybody else who can sign in. Members of an organization are invited on its own page."
      actions={<Button onClick={() => setInviting(true)}>Invite an operator</Button>}
    >
      <Stack gap="xl">
        {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
        {!data && error === null && <Skeleton h={200} role="status" aria-label="Loading" />}
        {data && (
          <Group title="Operators" people={data.filter((each) => each.is_operator)}>
            Nobody: the operator’s key alone runs this Newcomer.
          </Group>
        )}
        <Invitations />
        {data && (
          <Group title="Everybody else" people={data.filter((each) => !each.is_operator)}>
            Nobody yet.
          </Group>
        )}
      </Stack>
      <Invite
        isOpen={isInviting}
        title="Invite an operator"
        isToOperate
        invite={async (fields) => {
          const made = await operator.invitations.create(fields)
          await forgetOperated('invitations')
          return made
        }}
        onClose={() => setInviting(false)}
      />
    </Page>
  )
}

/** Its children are said where there is nobody. */
function Group({ title, people, children }: { title: string; people: Person[]; children: string }) {
  return (
    <Box>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      {people.length === 0 ? (
        <Text size="sm">{children}</Text>
      ) : (
        <PersonRows caption={title} people={people} />
      )}
    </Box>
  )
}
