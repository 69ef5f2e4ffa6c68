import { Skeleton, Stack } from '@mantine/core'
import type { MatchReport } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { Failure } from '../parts/failure.tsx'
import { BeingCounted, COUNTING_MS } from './counting.tsx'
import { CsvLink } from './csv-link.tsx'
import { CustomerFunnel } from './customer-funnel.tsx'
import { FileFunnel } from './file-funnel.tsx'
import { PublisherPage } from './publisher-page.tsx'

/** How many of a publisher's customers are matched, step by step, and what would raise it. */
export function MatchPage() {
  return (
    <PublisherPage
      title="Match report"
      about="From the rows of your last file to the customers who are active at merchants: where they are lost, and what would raise it."
    >
      <Match />
    </PublisherPage>
  )
}

function Match() {
  const org = useOrganization()
  const client = useClient()
  const { data, error, refetch } = useQuery({
    queryKey: ['reports', org, 'match'],
    queryFn: () => client.reports.match(),
    refetchInterval: ({ state }) => state.data?.as_of_date === null && COUNTING_MS,
  })
  if (error !== null) {
    return <Failure error={error} of="The report" onRetry={() => void refetch()} />
  }
  if (!data) return <Skeleton h={300} role="status" aria-label="Loading the report" />
  if (data.as_of_date === null) return <BeingCounted />
  return <Funnels report={data} />
}

function Funnels({ report }: { report: MatchReport }) {
  return (
    <Stack>
      <FileFunnel report={report} />
      <CustomerFunnel report={report} />
      <CsvLink report="match">The match report as CSV</CsvLink>
    </Stack>
  )
}
