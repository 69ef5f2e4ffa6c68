import { Stack, Text } from '@mantine/core'
import type { VerdictConflict, VerdictConflictPeriod } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { FilterForm } from '../parts/filter-form.tsx'
import { List } from '../parts/list.tsx'
import { useMerchantNames } from '../parts/merchant-select.tsx'
import { Need } from '../parts/need.tsx'
import { Page } from '../parts/page.tsx'
import { isNarrowed } from '../parts/search-text.ts'
import { ThingLink } from '../parts/thing-link.tsx'
import { TimeInput } from '../parts/time-input.tsx'
import { When } from '../parts/when.tsx'
import { Word } from '../parts/word.tsx'
import { sayClaim } from './say-verdict.ts'
import type { ConflictSearch } from './search.ts'

const TITLE = 'Conflicts'
const PAGE_SIZE = 25

/** What a merchant and the network, or yesterday and today, say differently. */
export function ConflictsPage() {
  const isMerchant = useIsMerchant(useOrganization())
  const about = isMerchant
    ? 'Orders of which you said otherwise than the network judged, and orders whose evidence was taken back after they had been judged.'
    : 'Your transactions whose orders lost evidence after they had been judged. The verdict stays; what it rests on is gone.'
  return (
    <Need permission="customers" title={TITLE}>
      <Page title={TITLE} about={about}>
        {isMerchant ? <MerchantConflicts /> : <PublisherConflicts />}
      </Page>
    </Need>
  )
}

function usePlace() {
  const org = useOrganization()
  const navigate = useNavigate()
  const search: ConflictSearch = useSearch({ strict: false })
  const { cursor, ...period } = search
  const go = (next: ConflictSearch, replace = false) =>
    void navigate({ to: '/o/$org/conflicts', params: { org }, search: next, replace })
  return { org, cursor, period, go }
}

function MerchantConflicts() {
  const client = useClient()
  const { org, cursor, period, go } = usePlace()
  const query = { ...period, cursor, page_size: PAGE_SIZE }
  return (
    <Stack>
      <FilterForm<VerdictConflictPeriod>
        key={JSON.stringify(period)}
        search={period}
        onChange={(next) => go(next, true)}
        columns={2}
      >
        {(draft, set) => (
          <>
            <TimeInput label="From" value={draft.start} onChange={(start) => set({ start })} />
            <TimeInput label="Until" value={draft.end} onChange={(end) => set({ end })} />
          </>
        )}
      </FilterForm>
      <Count period={period} />
      <List
        queryKey={['conflicts', org, query]}
        read={() => client.verdictConflicts.list(query)}
        onGo={(next) => go({ ...period, cursor: next })}
        onWiden={isNarrowed(period) ? () => go({}) : undefined}
        empty={{
          title: 'No conflict.',
          about: 'Wherever you said whether a customer was new, the network judged the same.',
        }}
        caption="Conflicts"
        keyOf={(each) => `${each.button_order_id} ${each.evidence_withdrawn?.date ?? ''}`}
        columns={[
          {
            name: 'Order',
            show: (each) => (
              <ThingLink kind="order" id={each.button_order_id}>
                {each.order_id}
              </ThingLink>
            ),
          },
          { name: 'Judged on', show: (each) => <When date={each.judged_date} /> },
          { name: 'You said', show: (each) => sayClaim(each.claimed_new) },
          { name: 'Judged', show: ({ judged }) => <Word>{judged}</Word> },
          { name: 'Paid as', show: ({ segment }) => <Word>{segment}</Word> },
          { name: 'What is the conflict', show: sayConflict },
        ]}
      />
    </Stack>
  )
}

function sayConflict({ evidence_withdrawn: withdrawn }: VerdictConflict): string {
  if (!withdrawn) return 'your word and the judgement differ'
  return withdrawn.counted
    ? 'what it was judged by was taken back'
    : 'what became known after the click was taken back'
}

function Count({ period }: { period: VerdictConflictPeriod }) {
  const org = useOrganization()
  const client = useClient()
  const { data } = useQuery({
    queryKey: ['conflicts', org, 'count', period],
    queryFn: () => client.verdictConflicts.count(period),
  })
  if (!data) return null
  const { conflicts, claimed_new: claimedNew, claimed_active: claimedActive } = data
  const withdrawn = conflicts - claimedNew - claimedActive
  return (
    <Text size="sm" role="status">
      {conflicts.toLocaleString('en')} in all: {claimedNew.toLocaleString('en')} that you called new
      and the network judged active, {claimedActive.toLocaleString('en')} the other way round,{' '}
      {withdrawn.toLocaleString('en')} of which evidence was taken back.
    </Text>
  )
}

function PublisherConflicts() {
  const client = useClient()
  const { org, cursor, go } = usePlace()
  const nameOf = useMerchantNames()
  const query = { cursor, page_size: PAGE_SIZE }
  return (
    <Stack>
      <List
        queryKey={['conflicts', org, query]}
        read={() => client.verdictConflicts.listMine(query)}
        onGo={(next) => go({ cursor: next })}
        empty={{
          title: 'No conflict.',
          about: 'No merchant has taken back what an order of yours was judged by.',
        }}
        caption="Conflicts"
        keyOf={(each) => each.transaction_id}
        columns={[
          {
            name: 'Transaction',
            show: (each) => <ThingLink kind="transaction" id={each.transaction_id} />,
          },
          { name: 'Merchant', show: (each) => nameOf(each.commerce_organization) },
          { name: 'Judged on', show: (each) => each.judged_date },
          { name: 'Judged', show: ({ judged }) => <Word>{judged}</Word> },
          { name: 'Paid as', show: ({ segment }) => <Word>{segment}</Word> },
          {
            name: 'What was taken back',
            show: ({ evidence_withdrawn: { source, counted } }) =>
              `${source === 'import' ? 'an import' : 'an order'}, ${counted ? 'by which it was judged' : 'known only after the click'}`,
          },
        ]}
      />
    </Stack>
  )
}
