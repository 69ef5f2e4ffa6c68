import { Anchor, Code, Group, Skeleton, Stack, Text } from '@mantine/core'
import { NewcomerError } from '@newcomer/client/browser'
import type { Customer, CustomerStanding } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { DeliveryLinks } from '../parts/delivery-links.tsx'
import { Empty } from '../parts/empty.tsx'
import { Facts } from '../parts/facts.tsx'
import { Failure } from '../parts/failure.tsx'
import { Need } from '../parts/need.tsx'
import { Page } from '../parts/page.tsx'
import { ProofActions, ProofFoot, ProofPart, Sentences } from '../parts/proof.tsx'
import { Rows } from '../parts/rows.tsx'
import { When } from '../parts/when.tsx'
import { Word } from '../parts/word.tsx'
import { EraseButton } from './erase-customer.tsx'
import { ExportButton } from './export-customer.tsx'
import { CustomerEvents, CustomerOrders, CustomerTransactions } from './customer-lists.tsx'
import { sayCause, sayStanding } from './say-standing.ts'
import { shorten } from './shorten.ts'

/** What is known of one customer, and since when. */
export function CustomerPage() {
  const { id = '' } = useParams({ strict: false })
  return (
    <Need permission="customers" title="Customer">
      <OneCustomer key={id} id={id} />
    </Need>
  )
}

function OneCustomer({ id }: { id: string }) {
  const org = useOrganization()
  const client = useClient()
  const isMerchant = useIsMerchant(org)
  const mayErase = useMay(org, 'technical')
  const { data, error, refetch, dataUpdatedAt } = useQuery({
    queryKey: ['customer', org, id],
    queryFn: async () => ({
      customer: await client.customers.get(id),
      standings: await client.customers.segments(id),
    }),
  })
  const isAbsent = error instanceof NewcomerError && error.status === 404
  return (
    <Page
      title="Customer"
      about={<Code className="breaks">{id}</Code>}
      actions={
        data && (
          <>
            <ProofActions id={id} />
            <ExportButton id={id} />
            {mayErase && <EraseButton id={id} />}
          </>
        )
      }
    >
      {isAbsent && (
        <Empty title="Not found for your organization.">
          <Text size="sm">
            You have no customer with this id, or it was erased. Whether another organization has
            one, nobody is told.
          </Text>
        </Empty>
      )}
      {error !== null && !isAbsent && (
        <Failure error={error} of="The customer" onRetry={() => void refetch()} />
      )}
      {!data && error === null && <Skeleton h={300} role="status" aria-label="Loading" />}
      {data && (
        <Stack>
          <Identifiers customer={data.customer} />
          <Standings standings={data.standings} isMerchant={isMerchant} />
          <ProofPart title="What you were told">
            <CustomerEvents id={id} standings={data.standings} />
          </ProofPart>
          {isMerchant ? (
            <ProofPart title="Orders">
              <CustomerOrders id={id} />
            </ProofPart>
          ) : (
            <ProofPart title="Transactions">
              <CustomerTransactions id={id} />
            </ProofPart>
          )}
          {!isMerchant && <OffersLink id={id} />}
          <DeliveryLinks about="customer" id={id} />
          <ProofFoot id={id} asOf={dataUpdatedAt} facts={data} />
        </Stack>
      )}
    </Page>
  )
}

function Identifiers({ customer }: { customer: Customer }) {
  const { emails_sha256: emails, advertising_id: device } = customer
  return (
    <Facts
      facts={[
        [
          emails.length === 1 ? 'E-mail hash' : 'E-mail hashes',
          emails.length === 0 ? 'none' : <Hashes hashes={emails} />,
        ],
        ['Advertising id', device === null ? 'none' : <Code>{shorten(device)}</Code>],
        ['First reported', <When key="created" date={customer.created_date} />],
        ['Last changed', <When key="modified" date={customer.modified_date} />],
      ]}
    />
  )
}

const MOST_HASHES = 10

function Hashes({ hashes }: { hashes: string[] }) {
  const more = hashes.length - MOST_HASHES
  return (
    <Group gap={4} component="span">
      {hashes.slice(-MOST_HASHES).map((hash) => (
        <Code key={hash}>{shorten(hash)}</Code>
      ))}
      {more > 0 && ` and ${more} more`}
    </Group>
  )
}

interface StandingsProps {
  standings: CustomerStanding[]
  isMerchant: boolean
}

function Standings({ standings, isMerchant }: StandingsProps) {
  if (standings.length === 0) {
    return (
      <ProofPart title="Segments">
        <Text size="sm">
          {isMerchant
            ? 'You tell no segments: they are not switched on.'
            : 'No merchant that has approved you tells segments.'}
        </Text>
      </ProofPart>
    )
  }
  return (
    <ProofPart title="Segments">
      <Stack>
        <Sentences sentences={standings.map((each) => sayStanding(each, isMerchant))} />
        {!isMerchant && (
          <Rows
            caption="Segment at each merchant"
            rows={standings}
            keyOf={(each) => each.organization_id}
            columns={[
              { name: 'Merchant', show: (each) => each.organization_name },
              { name: 'Segment', show: ({ name }) => <Word>{name}</Word> },
              {
                name: 'Since',
                show: ({ since_date: since, name }) => {
                  if (since !== null) return <When date={since} />
                  return name === 'new' ? 'its first report' : 'not told'
                },
              },
              {
                name: 'By',
                show: ({ cause }) => (cause === null ? '–' : sayCause(cause)),
              },
            ]}
          />
        )}
      </Stack>
    </ProofPart>
  )
}

/** To the rates that the customer would be paid by. */
function OffersLink({ id }: { id: string }) {
  const org = useOrganization()
  return (
    <Anchor
      size="sm"
      underline="always"
      className="no-print"
      renderRoot={(props) => (
        <Link to="/o/$org/offers" params={{ org }} search={{ customer: id }} {...props} />
      )}
    >
      What this customer would earn now
    </Anchor>
  )
}
