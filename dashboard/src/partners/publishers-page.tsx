import { Anchor, Stack, Text } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMayRead } from '../api/use-me.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { Word } from '../parts/word.tsx'
import { Requests } from './requests.tsx'
import { RateList, Since, sayAttribution } from './standing.tsx'

/** A merchant's publishers: who brings customers, on what terms. */
export function PublishersPage() {
  const isMerchant = useIsMerchant(useOrganization())
  return (
    <Page
      title="Publishers"
      about="The publishers that work with you or ask to, and what you pay each now."
    >
      {isMerchant ? (
        <Stack>
          <Requests />
          <Publishers />
        </Stack>
      ) : (
        <Text size="sm">This page is for merchants. Yours are under Merchants.</Text>
      )}
    </Page>
  )
}

function Publishers() {
  const org = useOrganization()
  const client = useClient()
  const navigate = useNavigate()
  const mayLook = useMayRead(org, 'customers')
  const { cursor }: { cursor?: string } = useSearch({ strict: false })
  const query = { cursor, page_size: 50 }
  return (
    <List
      queryKey={['publishers', org, query]}
      read={() => client.publishers.list(query)}
      onGo={(next) =>
        void navigate({ to: '/o/$org/publishers', params: { org }, search: { cursor: next } })
      }
      empty={{
        title: 'No publisher works with you yet.',
        about: 'The operator brings publishers and merchants together.',
      }}
      caption="Publishers"
      keyOf={({ id }) => id}
      columns={[
        { name: 'Publisher', show: ({ name }) => name },
        { name: 'Status', show: ({ status }) => <Word>{status}</Word> },
        { name: 'Since', show: (each) => <Since date={each.status_date} /> },
        { name: 'You pay now', show: ({ rates }) => <RateList rates={rates} /> },
        { name: 'Attribution', show: (each) => sayAttribution(each.attribution_days) },
        {
          name: 'Orders',
          show: ({ id, name }) =>
            mayLook && (
              <Anchor
                size="sm"
                underline="always"
                aria-label={`Orders from ${name}`}
                renderRoot={(props) => (
                  <Link
                    to="/o/$org/orders"
                    params={{ org }}
                    search={{ publisher: id }}
                    {...props}
                  />
                )}
              >
                Orders
              </Anchor>
            ),
        },
      ]}
    />
  )
}
