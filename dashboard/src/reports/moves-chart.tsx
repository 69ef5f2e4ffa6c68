import { Skeleton } from '@mantine/core'
import type { MoveCount, SegmentChangeCause } from '@newcomer/client/browser'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { Chart } from '../parts/chart.tsx'
import { Failure } from '../parts/failure.tsx'
import { Plot } from '../parts/plot.tsx'
import { Rows } from '../parts/rows.tsx'
import { Word } from '../parts/word.tsx'
import { BeingCounted, COUNTING_MS } from './counting.tsx'
import { listDays } from './period.ts'
import type { Period } from './period.ts'
import { sayCount, sayCounted } from '../parts/say-counts.ts'
import { CAUSES } from './search.ts'
import { endsOf } from './segment-chart.tsx'

const WORDS: Record<SegmentChangeCause, string> = {
  order: 'an order',
  'order-deleted': 'a cancelled order',
  import: 'a file',
  customer: 'a customer’s change',
  erasure: 'an erasure',
}

export interface MovesChartProps {
  period: Period
  merchant: string | undefined
  cause: SegmentChangeCause | undefined
}

/** How many customers changed their segment, a day at a time, by what moved them. */
export function MovesChart({ period, merchant, cause }: MovesChartProps) {
  const org = useOrganization()
  const client = useClient()
  const query = { ...period, merchant_id: merchant }
  const { data, error, refetch } = useQuery({
    queryKey: ['reports', org, 'moves', query],
    queryFn: () => client.reports.moves(query),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => state.data?.as_of_date === null && COUNTING_MS,
  })
  if (error !== null) return <Failure error={error} of="The moves" onRetry={() => void refetch()} />
  if (!data) return <Skeleton h={230} role="status" aria-label="Loading the moves" />
  if (data.as_of_date === null) return <BeingCounted />
  const moves = data.moves.filter((each) => cause === undefined || each.cause === cause)
  const causes = CAUSES.filter((each) => moves.some((its) => its.cause === each))
  const today = data.as_of_date.slice(0, 10)
  const columns = listDays(period).map((day) => {
    const its = moves.filter((each) => each.day === day)
    const values = causes.map((each) => sumOf(its.filter((move) => move.cause === each)))
    return { key: day, values, isOpen: day === today, text: sayDay(day, its) }
  })
  return (
    <Chart
      title="Moves"
      sentence={sayMoves(moves)}
      table={moves.length === 0 ? undefined : () => <MoveTable moves={moves} />}
      plot={() => (
        <Plot
          label="Moves, a day at a time"
          parts={causes.map((each) => ({ name: WORDS[each], paint: each }))}
          columns={columns}
          ends={endsOf(period)}
          say={(value) => sayCounted(value, 'move')}
        />
      )}
      asOf={data.as_of_date}
    />
  )
}

const sumOf = (moves: readonly MoveCount[]): number =>
  moves.reduce((sum, { moves: count }) => sum + count, 0)

function sayCauses(moves: readonly MoveCount[]): string {
  return CAUSES.flatMap((cause) => {
    const count = sumOf(moves.filter((each) => each.cause === cause))
    return count === 0 ? [] : [`${sayCount(count)} by ${WORDS[cause]}`]
  }).join(', ')
}

function sayDay(day: string, moves: readonly MoveCount[]): string {
  if (moves.length === 0) return `${day}: nobody moved`
  const active = sumOf(moves.filter(({ segment }) => segment === 'active'))
  return `${day}: ${sayCounted(sumOf(moves), 'move')}, ${sayCount(active)} of them to active; ${sayCauses(moves)}`
}

function sayMoves(moves: readonly MoveCount[]): string {
  if (moves.length === 0) return 'Nobody moved in this time, as far as you were told.'
  const active = sumOf(moves.filter(({ segment }) => segment === 'active'))
  const all = sumOf(moves)
  return (
    `${sayCounted(all, 'move')} in this time, ${sayCount(active)} to active and ${sayCount(all - active)} to new: ` +
    `${sayCauses(moves)}.`
  )
}

function MoveTable({ moves }: { moves: readonly MoveCount[] }) {
  return (
    <Rows
      caption="Moves, a day at a time"
      rows={moves.toReversed()}
      keyOf={(each) => JSON.stringify(each)}
      columns={[
        { name: 'Day', show: ({ day }) => day },
        { name: 'Merchant', show: ({ merchant_name: name }) => name },
        { name: 'To', show: ({ segment }) => (segment === null ? '' : <Word>{segment}</Word>) },
        { name: 'By', show: ({ cause }) => cause && WORDS[cause] },
        { name: 'Moves', show: ({ moves: count }) => sayCount(count) },
      ]}
    />
  )
}
