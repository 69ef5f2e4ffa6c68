import { Text } from '@mantine/core'
import type { CustomerStanding } from '@newcomer/client/browser'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { List } from '../parts/list.tsx'
import { sayMoney } from '../parts/money.ts'
import { ThingLink } from '../parts/thing-link.tsx'
import { When } from '../parts/when.tsx'
import { Word } from '../parts/word.tsx'
import { sayCause } from './say-standing.ts'
import type { CustomerPageSearch } from './search.ts'

const PAGE_SIZE = 10

/** Where one is in a list of the customer's, and how to go on in it. */
function usePlace(id: string, list: keyof CustomerPageSearch) {
  const org = useOrganization()
  const navigate = useNavigate()
  const search: CustomerPageSearch = useSearch({ strict: false })
  const onGo = (cursor: string) =>
    void navigate({
      to: '/o/$org/customers/$id',
      params: { org, id },
      search: { ...search, [list]: cursor },
      resetScroll: false,
    })
  return { org, query: { cursor: search[list], page_size: PAGE_SIZE }, onGo }
}

export interface CustomerEventsProps {
  id: string
  /** They name the merchants. */
  standings: CustomerStanding[]
}

export function CustomerEvents({ id, standings }: CustomerEventsProps) {
  const client = useClient()
  const { org, query, onGo } = usePlace(id, 'events')
  const nameOf = (merchant: string): string =>
    standings.find((each) => each.organization_id === merchant)?.organization_name ?? merchant
  return (
    <List
      queryKey={['customer-events', org, id, query]}
      read={() => client.customers.events(id, query)}
      onGo={onGo}
      empty={{
        title: 'Nothing.',
        about:
          'It has changed no segment since it was reported, or so long ago that the events were deleted: they are kept for some 30 days.',
      }}
      caption="Events of this customer"
      keyOf={(event) => event.id}
      columns={[
        { name: 'When', show: (event) => <When date={event.date} /> },
        { name: 'Merchant', show: (event) => nameOf(event.organization_id) },
        {
          name: 'From',
          show: ({ previous }) => <Word>{previous}</Word>,
        },
        { name: 'To', show: ({ current }) => <Word>{current}</Word> },
        { name: 'By', show: ({ cause }) => sayCause(cause) },
        {
          name: 'Event',
          show: (event) => (
            <Text size="xs" className="breaks">
              {event.id}
              {event.is_quiet && ' (quiet: no webhook was told)'}
            </Text>
          ),
        },
      ]}
    />
  )
}

export function CustomerTransactions({ id }: { id: string }) {
  const client = useClient()
  const { org, query, onGo } = usePlace(id, 'bought')
  const filters = { ...query, customer_id: id }
  return (
    <List
      queryKey={['transactions', org, filters]}
      read={() => client.transactions.list(filters)}
      onGo={onGo}
      empty={{
        title: 'None.',
        about: 'No order came from a link of yours that this customer followed.',
      }}
      caption="Transactions of this customer"
      keyOf={(each) => each.id}
      columns={[
        { name: 'Transaction', show: (each) => <ThingLink kind="transaction" id={each.id} /> },
        { name: 'Ordered', show: (each) => <When date={each.order_purchased_date} /> },
        { name: 'Merchant', show: (each) => each.commerce_organization_name },
        { name: 'Status', show: ({ status }) => <Word>{status}</Word> },
        {
          name: 'Paid as',
          show: ({ customer_segment: segment }) => segment && <Word>{segment.name}</Word>,
        },
        { name: 'Amount', show: ({ amount, currency }) => sayMoney(amount, currency) },
      ]}
    />
  )
}

export function CustomerOrders({ id }: { id: string }) {
  const client = useClient()
  const { org, query, onGo } = usePlace(id, 'bought')
  const filters = { ...query, customer_id: id }
  return (
    <List
      queryKey={['orders', org, filters]}
      read={() => client.orders.list(filters)}
      onGo={onGo}
      empty={{ title: 'None.', about: 'No order was reported of this customer.' }}
      caption="Orders of this customer"
      keyOf={(each) => each.button_order_id}
      columns={[
        {
          name: 'Order',
          show: (each) => (
            <ThingLink kind="order" id={each.button_order_id}>
              {each.order_id}
            </ThingLink>
          ),
        },
        { name: 'Ordered', show: (each) => <When date={each.purchase_date} /> },
        { name: 'Status', show: ({ status }) => <Word>{status}</Word> },
        { name: 'Judged', show: ({ judged }) => <Word>{judged}</Word> },
        { name: 'Total', show: ({ total, currency }) => sayMoney(total, currency) },
      ]}
    />
  )
}
