import { Button, Group, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core'
import { NewcomerError } from '@newcomer/client/browser'
import type { CustomerStanding, Offer, Offers } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { useMerchantNames } from '../parts/merchant-select.tsx'
import { Need } from '../parts/need.tsx'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { ThingLink } from '../parts/thing-link.tsx'
import { Word } from '../parts/word.tsx'
import type { OfferSearch } from './search.ts'

const TITLE = 'Offers'

/** What a customer would earn now, at each merchant. */
export function OffersPage() {
  const isMerchant = useIsMerchant(useOrganization())
  return (
    <Need permission="customers" title={TITLE}>
      <Page
        title={TITLE}
        about="What would this customer earn? The rates as they are now, by the segment at each merchant, the best first."
      >
        {isMerchant ? (
          <Text size="sm">
            Offers are what publishers are shown: your rates are what they rest on.
          </Text>
        ) : (
          <CustomerOffers />
        )}
      </Page>
    </Need>
  )
}

function CustomerOffers() {
  const org = useOrganization()
  const navigate = useNavigate()
  const { customer }: OfferSearch = useSearch({ strict: false })
  const [typed, setTyped] = useState(customer ?? '')
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const search = { customer: typed.trim() || undefined }
          void navigate({ to: '/o/$org/offers', params: { org }, search })
        }}
      >
        <Group align="flex-end" gap="xs">
          <TextInput
            label="Customer"
            placeholder="your own id; nobody in particular unless given"
            autoComplete="off"
            maw={420}
            flex={1}
            miw={220}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit">Show</Button>
        </Group>
      </form>
      <Shown key={customer} customer={customer} />
    </Stack>
  )
}

function Shown({ customer }: OfferSearch) {
  const org = useOrganization()
  const client = useClient()
  const { data, error, refetch } = useQuery({
    queryKey: ['offers', org, customer],
    queryFn: () => readOffers(client, customer),
  })
  if (error !== null)
    return <Failure error={error} of="The offers" onRetry={() => void refetch()} />
  if (!data) return <Skeleton h={200} role="status" aria-label="Loading" />
  const { offers, standings } = data
  return (
    <Stack>
      {customer !== undefined && (
        <Text size="sm" role="status">
          {standings === null ? (
            'You have reported no customer with this id: these are the rates of somebody who is new everywhere.'
          ) : (
            <>
              These are the rates of <ThingLink kind="customer" id={customer} /> now.
            </>
          )}
        </Text>
      )}
      {offers.merchant_offers.length === 0 && (
        <Empty title="No merchant pays you anything now.">
          <Text size="sm">
            Merchants that approved you and have a rate card in force stand here.
          </Text>
        </Empty>
      )}
      {offers.merchant_offers.map(({ merchant_id: merchant, offers: its }) => (
        <MerchantOffers
          key={merchant}
          merchant={merchant}
          offers={its}
          standing={standings?.find((each) => each.organization_id === merchant)}
        />
      ))}
    </Stack>
  )
}

type Client = ReturnType<typeof useClient>

/** The offers, and where the customer stands; null where it is not known. */
async function readOffers(
  { offers, customers }: Client,
  customer: string | undefined,
): Promise<{ offers: Offers; standings: CustomerStanding[] | null }> {
  const answer = await offers.get(customer === undefined ? {} : { user_id: customer })
  if (customer === undefined) return { offers: answer, standings: null }
  try {
    return { offers: answer, standings: await customers.segments(customer) }
  } catch (error) {
    if (error instanceof NewcomerError && error.status === 404) {
      return { offers: answer, standings: null }
    }
    throw error
  }
}

interface MerchantOffersProps {
  merchant: string
  offers: Offer[]
  standing: CustomerStanding | undefined
}

function MerchantOffers({ merchant, offers, standing }: MerchantOffersProps) {
  const nameOf = useMerchantNames()
  const name = nameOf(merchant)
  return (
    <section aria-label={name}>
      <Group gap="xs" mb={4}>
        <Title order={2} size="h4">
          {name}
        </Title>
        {standing && <Word>{standing.name}</Word>}
      </Group>
      <Rows
        caption={`Offers of ${name}`}
        rows={offers}
        keyOf={({ id }) => id}
        columns={[
          { name: 'Rank', show: ({ rank }) => rank },
          { name: 'Earns', show: sayOffer },
          { name: 'On', show: ({ display_params: { category } }) => category ?? 'everything else' },
          {
            name: 'Rate for',
            show: ({ segment }) => (segment === 'default' ? 'everybody' : segment),
          },
        ]}
      />
    </section>
  )
}

function sayOffer(offer: Offer): string {
  if (offer.display_params.offer_type === 'exclusion') return 'nothing'
  return offer.rate_percent !== undefined
    ? `${offer.rate_percent} %`
    : `${offer.currency} ${offer.rate_fixed} an order`
}
