import { Box, Group, Text } from '@mantine/core'
import { useId, useState } from 'react'
import type { KeyboardEvent, PointerEvent } from 'react'
import { Legend, LineLegend, Patterns, TodayPattern, fillOf } from './paints.tsx'
import type { Paint } from './paints.tsx'
import { stepAlong } from './step-along.ts'

/** One place along a plot, such as a day. */
export interface PlotColumn {
  key: string
  /** Of each part, from the bottom up; null where it is not told. */
  values: (number | null)[]
  /** Height of the line there; undefined where it has none. */
  line?: number | undefined
  /** Not over yet: its numbers will change. */
  isOpen?: boolean
  /** All of it in words. */
  text: string
}

export interface PlotProps {
  /** What it is of, for screen readers. */
  label: string
  parts: readonly { name: string; paint: Paint }[]
  /** One at least. */
  columns: readonly PlotColumn[]
  /** Under the first and the last. */
  ends: readonly [string, string]
  /** What the line is, where there is one. */
  line?: string
  say: (value: number) => string
  /** Columns that touch one another, for what goes on between two. */
  isArea?: boolean
}

const HEIGHT = 160
// Few among many are seen all the same.
const LEAST_PERCENT = 1.5

const sumOf = ({ values }: PlotColumn): number =>
  values.reduce<number>((sum, value) => sum + Math.max(0, value ?? 0), 0)

/** Stacked columns, along which a pointer or the arrow keys go. It stands still: there is no motion to reduce. */
export function Plot(props: PlotProps) {
  const { label, parts, columns, ends, line, say } = props
  const [at, setAt] = useState<number>()
  const id = useId()
  const last = columns.length - 1
  const highest = Math.max(...columns.flatMap((each) => [sumOf(each), each.line ?? 0]))
  function press(event: KeyboardEvent): void {
    const next = stepAlong(event.key, { at, last })
    if (next === undefined) return
    event.preventDefault()
    setAt(next)
  }
  function point(event: PointerEvent<HTMLDivElement>): void {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const share = (event.clientX - left) / width
    setAt(Math.max(0, Math.min(last, Math.floor(share * columns.length))))
  }
  return (
    <Box>
      <Legend of={id} parts={parts}>
        {line !== undefined && <LineLegend name={line} isDashed />}
        {columns.some(({ isOpen }) => isOpen) && <Text size="xs">hatched: not over yet</Text>}
      </Legend>
      <Text size="xs" c="dimmed" aria-hidden>
        {say(highest)}
      </Text>
      <Box
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at ?? last}
        aria-valuetext={columns[at ?? last]?.text}
        style={{ touchAction: 'pan-y' }}
        onKeyDown={press}
        onPointerMove={point}
        onPointerDown={point}
      >
        <Columns {...props} id={id} at={at} highest={Math.max(1, highest)} />
      </Box>
      <Group justify="space-between" aria-hidden>
        <Text size="xs" c="dimmed">
          {ends[0]}
        </Text>
        <Text size="xs" c="dimmed">
          {ends[1]}
        </Text>
      </Group>
      <Text size="sm" mih={44}>
        {at === undefined
          ? 'Point at a column, or go along with the arrow keys.'
          : columns[at]?.text}
      </Text>
    </Box>
  )
}

interface ColumnsProps extends PlotProps {
  id: string
  at: number | undefined
  highest: number
}

/** Percentages throughout, so that the stripes keep their form at every width. */
function Columns({ id, parts, columns, at, highest, isArea = false }: ColumnsProps) {
  const width = 100 / columns.length
  const inset = isArea ? 0 : 0.1
  const place = (index: number) => ({
    x: `${(index + inset) * width}%`,
    width: `${(1 - 2 * inset) * width}%`,
  })
  return (
    <svg width="100%" height={HEIGHT} aria-hidden display="block" shapeRendering="crispEdges">
      <Patterns of={id} paints={parts.map(({ paint }) => paint)} />
      <TodayPattern id={`${id}-today`} />
      {at !== undefined && (
        <rect
          x={`${at * width}%`}
          width={`${width}%`}
          height="100%"
          fill="var(--mantine-color-default-hover)"
        />
      )}
      {columns.map((column, index) => {
        let top = 100
        const shapes = parts.map(({ name, paint }, part) => {
          const value = column.values[part] ?? 0
          if (value <= 0) return null
          const height = Math.max(LEAST_PERCENT, (96 * value) / highest)
          top -= height
          const rest = { y: `${top}%`, height: `${height}%`, fill: fillOf(id, paint) }
          return <rect key={`${column.key} ${name}`} {...place(index)} {...rest} />
        })
        return [
          shapes,
          column.isOpen === true && (
            <rect
              key={`${column.key} today`}
              {...place(index)}
              y={`${top}%`}
              height={`${100 - top}%`}
              fill={`url(#${id}-today)`}
            />
          ),
        ]
      })}
      <Line columns={columns} highest={highest} />
      <line x2="100%" y1="100%" y2="100%" stroke="var(--mantine-color-dimmed)" strokeWidth={2} />
    </svg>
  )
}

/** A line where one place follows the other, and else a point. */
function Line({ columns, highest }: Pick<ColumnsProps, 'columns' | 'highest'>) {
  const width = 100 / columns.length
  const points = columns.map(({ line }, index) =>
    line === undefined
      ? undefined
      : { x: `${(index + 0.5) * width}%`, y: `${100 - (96 * Math.max(0, line)) / highest}%` },
  )
  return (
    <g stroke="var(--mantine-color-text)" fill="var(--mantine-color-text)" strokeWidth={1.5}>
      {points.map((point, index) => {
        const before = points[index - 1]
        if (!point) return null
        if (!before && !points[index + 1]) {
          return <circle key={point.x} cx={point.x} cy={point.y} r={2} />
        }
        if (!before) return null
        const ends = { x1: before.x, y1: before.y, x2: point.x, y2: point.y }
        return (
          <g key={point.x} shapeRendering="auto">
            {/* So that it stands out from the bars that it crosses. */}
            <line {...ends} stroke="var(--mantine-color-body)" strokeWidth={5} />
            <line {...ends} strokeDasharray="4 2" />
          </g>
        )
      })}
    </g>
  )
}
