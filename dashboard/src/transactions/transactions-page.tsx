import { Stack, TextInput } from '@mantine/core'
import type { Transaction } from '@newcomer/client/browser'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { Choice } from '../parts/choice.tsx'
import { CurrencyInput } from '../parts/currency-input.tsx'
import { FilterForm } from '../parts/filter-form.tsx'
import { List } from '../parts/list.tsx'
import { MerchantSelect } from '../parts/merchant-select.tsx'
import { sayMoney } from '../parts/money.ts'
import { Need } from '../parts/need.tsx'
import { Page } from '../parts/page.tsx'
import { PublisherSelect } from '../parts/publisher-select.tsx'
import type { Column } from '../parts/rows.tsx'
import { isNarrowed } from '../parts/search-text.ts'
import { ThingLink } from '../parts/thing-link.tsx'
import { TimeInput } from '../parts/time-input.tsx'
import { When } from '../parts/when.tsx'
import { Word } from '../parts/word.tsx'
import { SEGMENTS, STATUSES, toTransactionFilters } from './search.ts'
import type { TransactionSearch } from './search.ts'
import { Sums } from './sums.tsx'

const TITLE = 'Transactions'
const PAGE_SIZE = 25

/** What a publisher is owed, or a merchant owes, with its sums. */
export function TransactionsPage() {
  const isMerchant = useIsMerchant(useOrganization())
  return (
    <Need permission="customers" title={TITLE}>
      <Page
        title={TITLE}
        about={
          isMerchant
            ? 'What you owe publishers for orders that they sent, the newest first.'
            : 'What merchants owe you for orders that you sent, the newest first.'
        }
      >
        <Transactions isMerchant={isMerchant} />
      </Page>
    </Need>
  )
}

function Transactions({ isMerchant }: { isMerchant: boolean }) {
  const org = useOrganization()
  const client = useClient()
  const navigate = useNavigate()
  const search: TransactionSearch = useSearch({ strict: false })
  const { cursor, ...chosen } = search
  const filters = toTransactionFilters(chosen, isMerchant)
  const query = { ...filters, cursor, page_size: PAGE_SIZE }
  const go = (next: TransactionSearch, replace = false) =>
    void navigate({ to: '/o/$org/transactions', params: { org }, search: next, replace })
  return (
    <Stack>
      <Filters
        key={JSON.stringify(chosen)}
        search={chosen}
        onChange={(next) => go(next, true)}
        isMerchant={isMerchant}
      />
      <Sums filters={filters} onPick={(picked) => go({ ...chosen, ...picked })} />
      <List
        queryKey={['transactions', org, query]}
        read={() => client.transactions.list(query)}
        onGo={(next) => go({ ...chosen, cursor: next })}
        onWiden={isNarrowed(filters) ? () => go({}) : undefined}
        empty={{
          title: 'Nothing is owed yet.',
          about: isMerchant
            ? 'An order owes a publisher something when it carries the btn_ref of a link.'
            : 'A transaction is made for each order that came from a link of yours.',
        }}
        caption="Transactions"
        keyOf={(each) => each.id}
        columns={columnsOf(isMerchant)}
      />
    </Stack>
  )
}

function columnsOf(isMerchant: boolean): Column<Transaction>[] {
  return [
    { name: 'Transaction', show: ({ id }) => <ThingLink kind="transaction" id={id} /> },
    { name: 'Ordered', show: (each) => <When date={each.order_purchased_date} /> },
    isMerchant
      ? { name: 'Publisher', show: (each) => each.publisher_organization_name }
      : { name: 'Merchant', show: (each) => each.commerce_organization_name },
    isMerchant
      ? {
          name: 'Order',
          show: (each) => (
            <ThingLink kind="order" id={each.button_order_id}>
              {each.order_id ?? each.button_order_id}
            </ThingLink>
          ),
        }
      : {
          name: 'Customer',
          show: ({ publisher_customer_id: id }) =>
            id === null ? '–' : <ThingLink kind="customer" id={id} />,
        },
    { name: 'Status', show: ({ status }) => <Word>{status}</Word> },
    {
      name: 'Paid as',
      show: ({ customer_segment: segment }) => (segment ? <Word>{segment.name}</Word> : '–'),
    },
    { name: 'Order total', show: (each) => sayMoney(each.order_total, each.order_currency) },
    { name: 'Amount', show: ({ amount, currency }) => sayMoney(amount, currency) },
  ]
}

interface FiltersProps {
  search: TransactionSearch
  onChange: (search: TransactionSearch) => void
  isMerchant: boolean
}

function Filters({ search, onChange, isMerchant }: FiltersProps) {
  return (
    <FilterForm search={search} onChange={onChange} columns={3}>
      {(draft, set) => (
        <>
          <Choice
            label="Status"
            options={STATUSES}
            value={draft.status}
            onChange={(status) => set({ status })}
          />
          <Choice
            label="Paid as"
            options={SEGMENTS}
            value={draft.segment}
            onChange={(segment) => set({ segment })}
          />
          <CurrencyInput value={draft.currency} onChange={(currency) => set({ currency })} />
          {isMerchant ? (
            <PublisherSelect value={draft.publisher} onChange={(publisher) => set({ publisher })} />
          ) : (
            <MerchantSelect value={draft.merchant} onChange={(merchant) => set({ merchant })} />
          )}
          <TimeInput label="From" value={draft.start} onChange={(start) => set({ start })} />
          <TimeInput label="Until" value={draft.end} onChange={(end) => set({ end })} />
          {!isMerchant && (
            <TextInput
              label="Customer id"
              placeholder="your own id"
              value={draft.customer ?? ''}
              onChange={(event) => set({ customer: event.currentTarget.value.trim() || undefined })}
            />
          )}
        </>
      )}
    </FilterForm>
  )
}
