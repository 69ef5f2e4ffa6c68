import { Button, Group, SegmentedControl, Skeleton } from '@mantine/core'
import type { Endpoint, EndpointSeries } from '@newcomer/client/browser'
import { useState } from 'react'
import { useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { Chart } from '../parts/chart.tsx'
import { Failure } from '../parts/failure.tsx'
import { Rows } from '../parts/rows.tsx'
import { TimeInput } from '../parts/time-input.tsx'
import { ReplayDialog } from './replay-dialog.tsx'
import { PARTS, countAll, saySeries, sayTime } from './series.ts'
import type { Span, WholeSpan } from './series.ts'
import { SeriesLegend, SeriesPlot } from './series-plot.tsx'
import { useSeries } from './use-webhooks.ts'
import { sayCount, sayMs } from './words.ts'

const HOURS = [
  { value: '1', label: '1 hour' },
  { value: '24', label: '24 hours' },
  { value: '48', label: '48 hours' },
]

/** How deliveries went over the last hours; a time of them can be selected and replayed. */
export function SeriesCard({ webhook }: { webhook: Endpoint }) {
  const mayReplay = useMay(useOrganization(), 'technical')
  const [hours, setHours] = useState(48)
  const [span, setSpan] = useState<Span>({})
  const [isAsking, setAsking] = useState(false)
  const { data: series, error, refetch } = useSeries(webhook.id, hours)
  const isEmpty = series?.buckets.every((each) => countAll(each) === 0)
  const selected = toWhole(span)
  const ask = () => setAsking(selected !== undefined)
  return (
    <Chart
      title="Deliveries"
      sentence={series && saySeries(series, hours)}
      table={series && !isEmpty ? () => <SeriesTable series={series} /> : undefined}
      plot={() =>
        series && (
          <>
            <SeriesLegend />
            <SeriesPlot
              series={series}
              span={span}
              {...(mayReplay && { onSpan: setSpan, onEnter: ask })}
            />
          </>
        )
      }
      controls={
        <SegmentedControl
          aria-label="How far back"
          size="xs"
          data={HOURS}
          value={String(hours)}
          onChange={(value) => setHours(Number(value))}
        />
      }
    >
      {error !== null && (
        <Failure error={error} of="Its deliveries" onRetry={() => void refetch()} />
      )}
      {!series && error === null && (
        <Skeleton h={230} mt="xs" role="status" aria-label="Loading the deliveries" />
      )}
      {series && !isEmpty && mayReplay && <SpanForm span={span} onSpan={setSpan} onSubmit={ask} />}
      {isAsking && selected && (
        <ReplayDialog webhook={webhook} span={selected} onClose={() => setAsking(false)} />
      )}
    </Chart>
  )
}

function toWhole({ start, end }: Span): WholeSpan | undefined {
  if (start === undefined || end === undefined || Date.parse(start) >= Date.parse(end)) return
  return { start, end }
}

/** The same selection, in two fields. */
function SpanForm({
  span,
  onSpan,
  onSubmit,
}: {
  span: Span
  onSpan: (span: Span) => void
  onSubmit: () => void
}) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      <Group align="flex-end" gap="xs" mt="xs">
        <TimeInput
          label="From"
          value={span.start}
          onChange={(start) => onSpan({ ...span, start })}
        />
        <TimeInput label="Until" value={span.end} onChange={(end) => onSpan({ ...span, end })} />
        <Button type="submit" disabled={toWhole(span) === undefined}>
          Replay this time …
        </Button>
      </Group>
    </form>
  )
}

function SeriesTable({ series }: { series: EndpointSeries }) {
  return (
    <Rows
      caption="Deliveries over time"
      rows={series.buckets.filter((each) => countAll(each) > 0).toReversed()}
      keyOf={({ start_date }) => start_date}
      columns={[
        { name: 'From', show: ({ start_date }) => sayTime(start_date) },
        ...PARTS.map(({ name, count }) => ({
          name,
          show: (each: EndpointSeries['buckets'][number]) => sayCount(count(each)),
        })),
        { name: 'half within', show: ({ p50_ms }) => sayMs(p50_ms) },
        { name: '99 % within', show: ({ p99_ms }) => sayMs(p99_ms) },
      ]}
    />
  )
}
