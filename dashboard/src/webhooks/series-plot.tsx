import { Box, Group, Text } from '@mantine/core'
import type { EndpointSeries } from '@newcomer/client/browser'
import { useRef, useState } from 'react'
import type { KeyboardEvent, PointerEvent } from 'react'
import { Legend, LineLegend, Patterns, fillOf } from '../parts/paints.tsx'
import { stepAlong } from '../parts/step-along.ts'
import { PARTS, countAll, sayBucket, sayTime, slowestOf, toSpan } from './series.ts'
import type { Span } from './series.ts'
import { sayCount, sayMs } from './words.ts'

export interface SeriesPlotProps {
  series: EndpointSeries
  span: Span
  /** Undefined where no time may be selected. */
  onSpan?: ((span: Span) => void) | undefined
  /** Enter was pressed. */
  onEnter?: (() => void) | undefined
}

const HEIGHT = 160
// Few among many are seen all the same.
const LEAST_PERCENT = 1.5

/**
 * Bars of a series, which a pointer or the arrow keys go along. Dragging, or the arrow keys with Shift, select a
 * time; Escape ends it.
 */
export function SeriesPlot({ series, span, onSpan, onEnter }: SeriesPlotProps) {
  const { buckets } = series
  const last = buckets.length - 1
  const [at, setAt] = useState<number>()
  // Where the selection begins that is being made.
  const anchor = useRef<number>(undefined)
  const select = (one: number, other: number) =>
    onSpan?.(toSpan(series, { one, other, now: Date.now() }))

  function point(event: PointerEvent<HTMLDivElement>): number {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const share = (event.clientX - left) / width
    return Math.max(0, Math.min(last, Math.floor(share * buckets.length)))
  }
  function press(event: KeyboardEvent): void {
    if (event.key === 'Escape') return onSpan?.({})
    if (event.key === 'Enter') return onEnter?.()
    const next = stepAlong(event.key, { at, last })
    if (next === undefined) return
    event.preventDefault()
    setAt(next)
    if (!event.shiftKey) anchor.current = next
    else select((anchor.current ??= at ?? last), next)
  }

  const shown = buckets[at ?? last]
  const slowest = slowestOf(buckets)
  return (
    <Box>
      <Group justify="space-between" aria-hidden>
        <Text size="xs" c="dimmed">
          {sayCount(Math.max(...buckets.map(countAll)))} events
        </Text>
        <Text size="xs" c="dimmed">
          {slowest !== undefined && sayMs(slowest)}
        </Text>
      </Group>
      <Box
        role="slider"
        tabIndex={0}
        aria-label="Deliveries over time"
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at ?? last}
        aria-valuetext={shown && sayBucket(shown)}
        style={{ touchAction: 'pan-y', cursor: onSpan ? 'crosshair' : 'default' }}
        onKeyDown={press}
        onPointerDown={(event) => {
          if (!onSpan || event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          anchor.current = point(event)
          select(anchor.current, anchor.current)
        }}
        onPointerMove={(event) => {
          const next = point(event)
          setAt(next)
          const isDragging = event.currentTarget.hasPointerCapture(event.pointerId)
          if (isDragging && anchor.current !== undefined) select(anchor.current, next)
        }}
      >
        <Bars series={series} at={at} span={span} />
      </Box>
      <Group justify="space-between" aria-hidden>
        <Text size="xs" c="dimmed">
          {sayTime(series.start_date)}
        </Text>
        <Text size="xs" c="dimmed">
          now
        </Text>
      </Group>
      <Text size="sm" mih={44}>
        {at === undefined || !shown ? <Hint maySelect={onSpan !== undefined} /> : sayBucket(shown)}
      </Text>
    </Box>
  )
}

function Hint({ maySelect }: { maySelect: boolean }) {
  const advice = 'Point at a bar, or go along with the arrow keys.'
  return maySelect ? `${advice} Drag, or hold Shift, to select a time.` : advice
}

/** Percentages throughout, so that the stripes keep their form at every width. */
function Bars({
  series: { buckets, start_date, end_date },
  at,
  span,
}: {
  series: EndpointSeries
  at: number | undefined
  span: Span
}) {
  const most = Math.max(1, ...buckets.map(countAll))
  const width = 100 / buckets.length
  const beginsMs = Date.parse(start_date)
  const percentOf = (date: string) =>
    Math.max(
      0,
      Math.min(100, (100 * (Date.parse(date) - beginsMs)) / (Date.parse(end_date) - beginsMs)),
    )
  const from = span.start === undefined ? undefined : percentOf(span.start)
  const until = span.end === undefined ? undefined : percentOf(span.end)
  return (
    <svg width="100%" height={HEIGHT} aria-hidden display="block">
      <Patterns of="series" paints={PARTS.map(({ name }) => name)} />
      {from !== undefined && until !== undefined && until > from && (
        <rect
          x={`${from}%`}
          width={`${until - from}%`}
          height="100%"
          fill="var(--mantine-primary-color-light)"
          stroke="var(--mantine-primary-color-filled)"
        />
      )}
      {at !== undefined && (
        <rect
          x={`${at * width}%`}
          width={`${width}%`}
          height="100%"
          fill="var(--mantine-color-default-hover)"
        />
      )}
      {buckets.map((bucket, index) => {
        let top = 100
        return PARTS.map(({ name, count }) => {
          if (count(bucket) === 0) return null
          const height = Math.max(LEAST_PERCENT, (96 * count(bucket)) / most)
          top -= height
          return (
            <rect
              key={`${bucket.start_date} ${name}`}
              x={`${(index + 0.1) * width}%`}
              width={`${0.8 * width}%`}
              y={`${top}%`}
              height={`${height}%`}
              fill={fillOf('series', name)}
            />
          )
        })
      })}
      <Slowness buckets={buckets} />
      <line x2="100%" y1="100%" y2="100%" stroke="var(--mantine-color-dimmed)" strokeWidth={2} />
    </svg>
  )
}

/** The p99 of each bucket, against the slowest: a line where one follows the other, and else a point. */
function Slowness({ buckets }: Pick<EndpointSeries, 'buckets'>) {
  const slowest = Math.max(1, slowestOf(buckets) ?? 1)
  const width = 100 / buckets.length
  const points = buckets.map(({ p99_ms: ms }, index) =>
    ms === null ? undefined : { x: (index + 0.5) * width, y: 98 - (94 * ms) / slowest },
  )
  return (
    <g stroke="var(--mantine-color-text)" fill="var(--mantine-color-text)" strokeWidth={1.5}>
      {points.map((point, index) => {
        const before = points[index - 1]
        if (!point) return null
        return (
          <g key={point.x}>
            {before && (
              <line x1={`${before.x}%`} y1={`${before.y}%`} x2={`${point.x}%`} y2={`${point.y}%`} />
            )}
            {(!before || !points[index + 1]) && (
              <circle cx={`${point.x}%`} cy={`${point.y}%`} r={1.5} />
            )}
          </g>
        )
      })}
    </g>
  )
}

/** Which bar is what. */
export function SeriesLegend() {
  return (
    <Legend of="series" parts={PARTS.map(({ name }) => ({ name, paint: name }))}>
      <LineLegend name="99 % answered within, to the scale on the right" />
    </Legend>
  )
}
