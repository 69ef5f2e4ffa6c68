import { Box, Text } from '@mantine/core'
import { useId, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { Legend, Patterns, fillOf } from './paints.tsx'
import type { Paint } from './paints.tsx'
import { stepAlong } from './step-along.ts'

export interface PairedRow {
  name: string
  /** One of each part. */
  values: readonly [number, number]
  /** All of it in words. */
  text: string
}

export interface PairedPlotProps {
  /** What it is of, for screen readers. */
  label: string
  parts: readonly [{ name: string; paint: Paint }, { name: string; paint: Paint }]
  /** One at least. */
  rows: readonly PairedRow[]
}

/** Two bars below one another for each of several things, each below its name: long names need a phone's width too. */
export function PairedPlot({ label, parts, rows }: PairedPlotProps) {
  const [at, setAt] = useState<number>()
  const id = useId()
  const last = rows.length - 1
  const highest = Math.max(1, ...rows.flatMap(({ values }) => values))
  function press(event: KeyboardEvent): void {
    const next = stepAlong(event.key, { at, last })
    if (next === undefined) return
    event.preventDefault()
    setAt(next)
  }
  return (
    <Box>
      <Legend of={id} parts={parts} />
      <Box
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at ?? last}
        aria-valuetext={rows[at ?? last]?.text}
        onKeyDown={press}
      >
        {rows.map(({ name, values }, index) => (
          <Box
            key={name}
            py={4}
            px={4}
            bg={index === at ? 'var(--mantine-color-default-hover)' : 'transparent'}
            onPointerMove={() => setAt(index)}
            onPointerDown={() => setAt(index)}
          >
            <Text size="xs" aria-hidden className="breaks">
              {name}
            </Text>
            <svg width="100%" height={26} aria-hidden display="block" shapeRendering="crispEdges">
              <Patterns of={`${id}-${index}`} paints={parts.map(({ paint }) => paint)} />
              {parts.map(({ paint }, part) => (
                <rect
                  key={paint}
                  y={part * 13}
                  height={12}
                  width={widthOf(values[part] ?? 0, highest)}
                  fill={fillOf(`${id}-${index}`, paint)}
                />
              ))}
            </svg>
          </Box>
        ))}
      </Box>
      <Text size="sm" mih={44}>
        {at === undefined ? 'Point at a bar, or go along with the arrow keys.' : rows[at]?.text}
      </Text>
    </Box>
  )
}

/** Few beside many are seen all the same, and nothing is none. */
function widthOf(value: number, highest: number): string {
  return value <= 0 ? '0' : `${Math.max(0.5, (100 * value) / highest)}%`
}
