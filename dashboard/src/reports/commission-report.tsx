import { Skeleton, Text } from '@mantine/core'
import type { CommissionReportQuery } from '@newcomer/client/browser'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { AmountsChart } from './amounts-chart.tsx'
import { BeingCounted, COUNTING_MS } from './counting.tsx'
import { CsvLink } from './csv-link.tsx'
import { groupCommissions } from './group-commissions.ts'
import { addDays, lengthOf, periodBefore, toPeriod } from './period.ts'
import type { Period } from './period.ts'
import type { CommissionSearch, Grouping } from './search.ts'

export interface CommissionReportProps {
  search: CommissionSearch
  isMerchant: boolean
}

/** The other time; undefined where it is compared with none. */
function otherOf(search: CommissionSearch, period: Period): Period | undefined {
  if (search.compare === 'none') return undefined
  if (search.compare !== 'other' || search.other === undefined) return periodBefore(period)
  return { start: search.other, end: addDays(search.other, lengthOf(period)) }
}

function toQuery(search: CommissionSearch, by: Grouping, period: Period) {
  const { partner, segment, status, currency } = search
  // Also by status, which the bars are made of.
  const apart = by === 'status' ? by : `${by},status`
  return { ...period, by: apart, partner_id: partner, segment, status, currency }
}

export function CommissionReport({ search, isMerchant }: CommissionReportProps) {
  const { by = 'day' } = search
  const period = toPeriod(search)
  const other = otherOf(search, period)
  const query = toQuery(search, by, period)
  const { data, error, refetch } = useReport(query)
  const compared = useReport(toQuery(search, by, other ?? period), other !== undefined)
  const failed = error ?? compared.error
  if (failed !== null) {
    return (
      <Failure
        error={failed}
        of="The report"
        onRetry={() => void Promise.all([refetch(), compared.refetch()])}
      />
    )
  }
  if (!data || (other && !compared.data)) {
    return <Skeleton h={300} role="status" aria-label="Loading the report" />
  }
  if (data.as_of_date === null) return <BeingCounted />
  const groups = groupCommissions({
    ...{ by, period, counts: data.commissions },
    other: other && { period: other, counts: compared.data?.commissions ?? [] },
  })
  return (
    <>
      {groups.length === 0 && (
        <Empty title="Nothing was owed in this time.">
          <Text size="sm">Choose a longer time, or take a filter away.</Text>
        </Empty>
      )}
      {groups.map((group) => (
        <AmountsChart
          key={group.currency}
          group={group}
          view={{ by, search, period, other, isMerchant, asOf: data.as_of_date }}
        />
      ))}
      <CsvLink report="commissions" query={query}>
        These commissions as CSV
      </CsvLink>
    </>
  )
}

function useReport(query: CommissionReportQuery, enabled = true) {
  const org = useOrganization()
  const client = useClient()
  return useQuery({
    queryKey: ['reports', org, 'commissions', query],
    queryFn: () => client.reports.commissions(query),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => state.data?.as_of_date === null && COUNTING_MS,
    enabled,
  })
}
