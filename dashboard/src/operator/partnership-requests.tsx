import { Button, Card, Group, Text, Title } from '@mantine/core'
import type { Organization } from '@newcomer/client/browser'
import { operator } from '../api/operator.ts'
import type { Partnership } from '../api/operator.ts'
import { Rows } from '../parts/rows.tsx'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'
import { forgetOperated } from './use-operator.ts'

// Who has waited longest is answered first; the others move up.
const MOST = 25

export interface PartnershipRequestsProps {
  organizations: Organization[]
  partnerships: Partnership[]
}

/** The publishers that wait for an answer, and the answers. Nothing where none does. */
export function PartnershipRequests({ organizations, partnerships }: PartnershipRequestsProps) {
  const known = new Map(organizations.map((each) => [each.id, each]))
  const nameOf = (id: string) => known.get(id)?.name ?? id
  const all = partnerships
    .filter(({ status }) => status === 'pending')
    .toSorted((a, b) => a.modified_date.localeCompare(b.modified_date))
  if (all.length === 0) return null
  return (
    <Card withBorder component="section" aria-label="Requests">
      <Title order={2} size="h4">
        Requests
      </Title>
      <Text size="sm" mb="xs">
        {all.length === 1 ? 'One waits' : `${all.length} wait`} for an answer
        {all.length > MOST && `; these are the oldest ${MOST}`}. Declined, a publisher can ask again
        in 30 days.
      </Text>
      <Rows
        caption="Requests"
        rows={all.slice(0, MOST)}
        keyOf={({ publisher, merchant }) => `${publisher} ${merchant}`}
        columns={[
          { name: 'Publisher', show: ({ publisher }) => nameOf(publisher) },
          { name: 'Merchant', show: ({ merchant }) => nameOf(merchant) },
          { name: 'Asked', show: (each) => <When date={each.modified_date} /> },
          {
            name: 'Who answers',
            show: ({ merchant }) =>
              known.get(merchant)?.answers_publishers ? 'the merchant, or you' : 'you',
          },
          {
            name: 'Answer',
            show: (each) => (
              <Answers
                pair={each}
                said={`${nameOf(each.publisher)} with ${nameOf(each.merchant)}`}
              />
            ),
          },
        ]}
      />
    </Card>
  )
}

function Answers({ pair, said }: { pair: Partnership; said: string }) {
  const { isBusy, act } = useAct()
  const answer = (status: 'approved' | 'available', done: string) =>
    void act(async () => {
      await operator.partnerships.set(pair, { status })
      await forgetOperated('partnerships')
    }, `${said}: ${done}.`)
  return (
    <Group gap="xs">
      <Button
        size="compact-sm"
        loading={isBusy}
        aria-label={`Approve ${said}`}
        onClick={() => answer('approved', 'approved')}
      >
        Approve
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={isBusy}
        aria-label={`Decline ${said}`}
        onClick={() => answer('available', 'declined')}
      >
        Decline
      </Button>
    </Group>
  )
}
