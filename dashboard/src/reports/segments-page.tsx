import { Skeleton, Stack, Text } from '@mantine/core'
import type { SegmentReport } from '@newcomer/client/browser'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { Choice } from '../parts/choice.tsx'
import { DayInput } from '../parts/day-input.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { FilterForm } from '../parts/filter-form.tsx'
import { MerchantSelect } from '../parts/merchant-select.tsx'
import { BeingCounted, COUNTING_MS } from './counting.tsx'
import { CsvLink } from './csv-link.tsx'
import { MovesChart } from './moves-chart.tsx'
import { toPeriod } from './period.ts'
import type { Period } from './period.ts'
import { PublisherPage } from './publisher-page.tsx'
import { CAUSES } from './search.ts'
import type { SegmentSearch } from './search.ts'
import { SegmentChart } from './segment-chart.tsx'

/** How many of a publisher's customers are new and active at merchants, over time, and what moved them. */
export function SegmentsPage() {
  return (
    <PublisherPage
      title="Segments"
      about="How many of your customers are new and active at each merchant, a day at a time, and what moved them."
    >
      <Segments />
    </PublisherPage>
  )
}

function Segments() {
  const org = useOrganization()
  const navigate = useNavigate()
  const search: SegmentSearch = useSearch({ strict: false })
  return (
    <Stack>
      <FilterForm
        key={JSON.stringify(search)}
        search={search}
        onChange={(next) =>
          void navigate({ to: '/o/$org/segments', params: { org }, search: next, replace: true })
        }
        columns={4}
      >
        {(draft, set) => (
          <>
            <MerchantSelect value={draft.merchant} onChange={(merchant) => set({ merchant })} />
            <Choice
              label="Cause of moves"
              options={CAUSES}
              value={draft.cause}
              onChange={(cause) => set({ cause })}
            />
            <DayInput label="From" value={draft.from} onChange={(from) => set({ from })} />
            <DayInput label="Until" value={draft.to} onChange={(to) => set({ to })} />
          </>
        )}
      </FilterForm>
      <Charts search={search} />
    </Stack>
  )
}

function Charts({ search }: { search: SegmentSearch }) {
  const org = useOrganization()
  const client = useClient()
  const period = toPeriod(search)
  const query = { ...period, merchant_id: search.merchant }
  const { data, error, refetch } = useQuery({
    queryKey: ['reports', org, 'segments', query],
    queryFn: () => client.reports.segments(query),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => state.data?.as_of_date === null && COUNTING_MS,
  })
  if (error !== null) {
    return <Failure error={error} of="The report" onRetry={() => void refetch()} />
  }
  if (!data) return <Skeleton h={300} role="status" aria-label="Loading the segments" />
  if (data.as_of_date === null) return <BeingCounted />
  return (
    <>
      <SegmentCharts report={data} period={period} />
      <MovesChart period={period} merchant={search.merchant} cause={search.cause} />
      <CsvLink report="segments" query={query}>
        Customers by segment as CSV
      </CsvLink>
      <CsvLink report="moves" query={query}>
        Moves as CSV
      </CsvLink>
    </>
  )
}

// As many as one looks through; a filter shows any other.
const MOST_CHARTS = 6

function SegmentCharts({ report, period }: { report: SegmentReport; period: Period }) {
  const merchants = listMerchants(report)
  if (merchants.length === 0) return <NoMerchants report={report} />
  return (
    <>
      {merchants.slice(0, MOST_CHARTS).map(({ id, name }) => (
        <SegmentChart key={id} report={report} period={period} merchant={id} name={name} />
      ))}
      {merchants.length > MOST_CHARTS && (
        <Text size="sm">
          These are the {MOST_CHARTS} merchants at which most of your customers are active, of{' '}
          {merchants.length}: choose another above.
        </Text>
      )}
    </>
  )
}

/** Those with most active customers first, as they were last. */
function listMerchants({ days }: SegmentReport): { id: string; name: string; active: number }[] {
  const found = new Map<string, { id: string; name: string; active: number }>()
  for (const { merchants } of days) {
    for (const { merchant_id: id, merchant_name: name, active } of merchants) {
      found.set(id, { id, name, active })
    }
  }
  return [...found.values()].toSorted((one, other) => other.active - one.active)
}

function NoMerchants({ report: { days, floor } }: { report: SegmentReport }) {
  if (days.length === 0) {
    return (
      <Empty title="No day of this time was counted.">
        <Text size="sm">Choose a later time: days are counted from the first count on.</Text>
      </Empty>
    )
  }
  const isBelow = days.every(({ customers }) => customers === null)
  return isBelow ? (
    <Empty title={`You have fewer than ${floor} customers.`}>
      <Text size="sm">Of so few nothing is counted: it would be said of people.</Text>
    </Empty>
  ) : (
    <Empty title="No merchant tells you segments.">
      <Text size="sm">
        Those do that have approved you and have segments switched on, from that day on.
      </Text>
    </Empty>
  )
}
