import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import type { ListedOrder } from '@newcomer/client/browser'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { Choice } from '../parts/choice.tsx'
import { FilterForm } from '../parts/filter-form.tsx'
import { List } from '../parts/list.tsx'
import { sayMoney } from '../parts/money.ts'
import { Need } from '../parts/need.tsx'
import { Page } from '../parts/page.tsx'
import { PublisherSelect, usePublisherNames } from '../parts/publisher-select.tsx'
import { isNarrowed } from '../parts/search-text.ts'
import { ThingLink } from '../parts/thing-link.tsx'
import { TimeInput } from '../parts/time-input.tsx'
import { When } from '../parts/when.tsx'
import { Word } from '../parts/word.tsx'
import { CLAIMS, SEGMENTS, STATUSES, toOrderQuery } from './search.ts'
import type { OrderSearch } from './search.ts'
import { sayClaim } from './say-verdict.ts'

const TITLE = 'Orders'

/** A merchant's orders: what was said of them, what was judged, what they are paid as. */
export function OrdersPage() {
  const org = useOrganization()
  const isMerchant = useIsMerchant(org)
  return (
    <Need permission="customers" title={TITLE}>
      <Page
        title={TITLE}
        about="All orders that you reported, the newest first. Open one for its proof: why it is paid as it is."
        actions={isMerchant && <ConflictsLink org={org} />}
      >
        {isMerchant ? (
          <Orders />
        ) : (
          <Text size="sm">Orders are merchants’: yours are under Transactions.</Text>
        )}
      </Page>
    </Need>
  )
}

function ConflictsLink({ org }: { org: string }) {
  return (
    <Anchor
      size="sm"
      underline="always"
      renderRoot={(props) => <Link to="/o/$org/conflicts" params={{ org }} {...props} />}
    >
      Conflicts
    </Anchor>
  )
}

function Orders() {
  const org = useOrganization()
  const client = useClient()
  const navigate = useNavigate()
  const search: OrderSearch = useSearch({ strict: false })
  const { cursor: _cursor, ...filters } = search
  const query = toOrderQuery(search)
  const nameOf = usePublisherNames()
  const go = (next: OrderSearch, replace = false) =>
    void navigate({ to: '/o/$org/orders', params: { org }, search: next, replace })
  return (
    <Stack>
      <OpenOrder />
      <OrderFilters
        key={JSON.stringify(filters)}
        search={filters}
        onChange={(next) => go(next, true)}
      />
      <List
        queryKey={['orders', org, query]}
        read={() => client.orders.list(query)}
        onGo={(cursor) => go({ ...filters, cursor })}
        onWiden={isNarrowed(filters) ? () => go({}) : undefined}
        empty={{
          title: 'No order was reported yet.',
          about: 'Report all orders by POST /v1/order, also those that came from no publisher.',
        }}
        caption="Orders"
        keyOf={(each) => each.button_order_id}
        columns={columnsOf(nameOf)}
      />
    </Stack>
  )
}

const columnsOf = (nameOf: (id: string) => string) => [
  {
    name: 'Order',
    show: (each: ListedOrder) => (
      <>
        <ThingLink kind="order" id={each.button_order_id}>
          {each.order_id}
        </ThingLink>
        {each.is_test && ' (test)'}
      </>
    ),
  },
  { name: 'Accepted', show: (each: ListedOrder) => <When date={each.created_date} /> },
  {
    name: 'Customer',
    show: ({ customer_id: id }: ListedOrder) =>
      id === null ? '–' : <ThingLink kind="customer" id={id} />,
  },
  {
    name: 'Publisher',
    show: ({ publisher_id: id }: ListedOrder) => (id === null ? '–' : nameOf(id)),
  },
  { name: 'Status', show: ({ status }: ListedOrder) => <Word>{status}</Word> },
  { name: 'You said', show: (each: ListedOrder) => sayClaim(each.claimed_new) },
  { name: 'Judged', show: ({ judged }: ListedOrder) => <Word>{judged}</Word> },
  { name: 'Paid as', show: ({ segment }: ListedOrder) => <Word>{segment}</Word> },
  { name: 'Total', show: ({ total, currency }: ListedOrder) => sayMoney(total, currency) },
]

/** Goes to one order by whichever number somebody has of it. */
function OpenOrder() {
  const org = useOrganization()
  const navigate = useNavigate()
  const [id, setId] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const asked = id.trim()
        if (asked !== '') void navigate({ to: '/o/$org/orders/$id', params: { org, id: asked } })
      }}
    >
      <Group gap="xs" align="flex-end">
        <TextInput
          label="Open an order"
          w={280}
          placeholder="your own number, or btnorder-…"
          autoComplete="off"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          Open
        </Button>
      </Group>
    </form>
  )
}

interface OrderFiltersProps {
  search: OrderSearch
  onChange: (search: OrderSearch) => void
}

function OrderFilters({ search, onChange }: OrderFiltersProps) {
  return (
    <FilterForm search={search} onChange={onChange} columns={4}>
      {(draft, set) => (
        <>
          <Choice
            label="Status"
            options={STATUSES}
            value={draft.status}
            onChange={(status) => set({ status })}
          />
          <PublisherSelect value={draft.publisher} onChange={(publisher) => set({ publisher })} />
          <Choice
            label="Paid as"
            options={SEGMENTS}
            value={draft.segment}
            onChange={(segment) => set({ segment })}
          />
          <Choice
            label="Judged"
            options={SEGMENTS}
            value={draft.judged}
            onChange={(judged) => set({ judged })}
          />
          <Choice
            label="You said"
            options={CLAIMS.map((value) => ({
              value,
              label: value === 'none' ? 'nothing' : value,
            }))}
            value={draft.claimed}
            onChange={(claimed) => set({ claimed })}
          />
          <TextInput
            label="Customer id"
            placeholder="your own id"
            value={draft.customer ?? ''}
            onChange={(event) => set({ customer: event.currentTarget.value.trim() || undefined })}
          />
          <TimeInput label="From" value={draft.start} onChange={(start) => set({ start })} />
          <TimeInput label="Until" value={draft.end} onChange={(end) => set({ end })} />
        </>
      )}
    </FilterForm>
  )
}
