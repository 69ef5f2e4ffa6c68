import { Anchor, Skeleton, Text } from '@mantine/core'
import type { Merchant } from '@newcomer/client/browser'
import { Link } from '@tanstack/react-router'
import { useOrganization } from '../api/organization.ts'
import { useMay, useMayRead } from '../api/use-me.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { useMerchants } from '../parts/merchant-select.tsx'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { Word } from '../parts/word.tsx'
import { Ask } from './ask.tsx'
import { RateList, Since, sayAttribution } from './standing.tsx'

/** A publisher's merchants: who pays what, and who could be asked. */
export function MerchantsPage() {
  const org = useOrganization()
  const isMerchant = useIsMerchant(org)
  return (
    <Page
      title="Merchants"
      about="All merchants of the network, how you stand with each, and what each pays you now."
    >
      {isMerchant ? (
        <Text size="sm">This page is for publishers. Yours are under Publishers.</Text>
      ) : (
        <Merchants />
      )}
    </Page>
  )
}

// Those one works with come first.
const ORDER = ['approved', 'pending', 'available']

function Merchants() {
  const org = useOrganization()
  const mayLook = useMayRead(org, 'customers')
  const mayAsk = useMay(org, 'commercial')
  const { data, error, refetch } = useMerchants()
  if (error !== null) return <Failure error={error} of="The list" onRetry={() => void refetch()} />
  if (!data) return <Skeleton h={240} role="status" aria-label="Loading" />
  if (data.length === 0) return <Empty title="There is no merchant in this network yet." />
  const sorted = data.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))
  return (
    <Rows
      caption="Merchants"
      rows={sorted}
      keyOf={({ id }) => id}
      columns={[
        {
          name: 'Merchant',
          show: ({ name, categories }) => (
            <>
              <Text size="sm">{name}</Text>
              <Text size="xs" c="dimmed">
                {categories.join(', ')}
              </Text>
            </>
          ),
        },
        { name: 'Status', show: ({ status }) => <Word>{status}</Word> },
        { name: 'Since', show: (each) => <Since date={each.status_date} /> },
        {
          name: 'Segments',
          show: (each) => (each.customer_segments ? 'new and active' : 'not told'),
        },
        { name: 'Pays you now', show: ({ rates }) => <RateList rates={rates} /> },
        { name: 'Attribution', show: (each) => sayAttribution(each.attribution_days) },
        ...(mayAsk ? [{ name: 'Ask', show: (each: Merchant) => <Ask merchant={each} /> }] : []),
        ...(mayLook
          ? [
              {
                name: 'Owed',
                show: ({ id, name }: { id: string; name: string }) => (
                  <Anchor
                    size="sm"
                    underline="always"
                    aria-label={`Transactions with ${name}`}
                    renderRoot={(props) => (
                      <Link
                        to="/o/$org/transactions"
                        params={{ org }}
                        search={{ merchant: id }}
                        {...props}
                      />
                    )}
                  >
                    Transactions
                  </Anchor>
                ),
              },
            ]
          : []),
      ]}
    />
  )
}
