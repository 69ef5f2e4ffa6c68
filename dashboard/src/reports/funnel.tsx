import { Box, Text } from '@mantine/core'
import { useId } from 'react'
import type { ReactNode } from 'react'
import { Legend, Patterns, TodayPattern, fillOf } from '../parts/paints.tsx'
import { sayCount, sayShare } from '../parts/say-counts.ts'

export interface FunnelStep {
  name: string
  /** Null below the floor. */
  count: number | null
  /** Of which step it is a part, by its name; undefined for the first. */
  of?: string | undefined
  /** Of the file before; undefined where there is none. */
  before?: number | undefined
  /** What would raise it. */
  hint?: ReactNode
}

export interface FunnelProps {
  steps: readonly FunnelStep[]
  /** What is told of nothing below it. */
  floor: number
}

/** Bars that get shorter step by step, each with its numbers in words: there is nothing to point at. */
export function Funnel({ steps, floor }: FunnelProps) {
  const id = useId()
  const most = Math.max(1, ...steps.flatMap(({ count, before }) => [count ?? 0, before ?? 0]))
  const hasBefore = steps.some(({ before }) => before !== undefined)
  return (
    <Box>
      {hasBefore && (
        <Legend
          of={id}
          parts={[
            { name: 'the last file', paint: 'draft' },
            { name: 'the one before', paint: 'now' },
          ]}
        />
      )}
      <Box component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
        {steps.map((step, index) => (
          <Box component="li" key={step.name} mb="sm">
            <Text size="sm" className="breaks">
              {sayStep(step, steps, floor)}
            </Text>
            <StepBars id={`${id}-${index}`} step={step} most={most} />
            {step.hint !== undefined && (
              <Text size="sm" component="div">
                {step.hint}
              </Text>
            )}
          </Box>
        ))}
      </Box>
    </Box>
  )
}

export function shareOf(step: FunnelStep, steps: readonly FunnelStep[]): string {
  const whole = steps.find(({ name }) => name === step.of)?.count
  return step.count === null || whole == null ? '' : sayShare(step.count, whole)
}

function sayStep(step: FunnelStep, steps: readonly FunnelStep[], floor: number): string {
  const { name, count, of, before } = step
  if (count === null) return `${name}: not told, since you have fewer than ${floor} customers`
  const share = of === undefined ? '' : `, ${shareOf(step, steps)} of “${of}”`
  const earlier = before === undefined ? '' : `; ${sayCount(before)} in the file before`
  return `${name}: ${sayCount(count)}${share}${earlier}`
}

interface StepBarsProps {
  id: string
  step: FunnelStep
  most: number
}

function StepBars({ id, step: { count, before }, most }: StepBarsProps) {
  const widthOf = (value: number) => (value === 0 ? 0 : `${Math.max(0.5, (100 * value) / most)}%`)
  return (
    <svg
      width="100%"
      height={before === undefined ? 14 : 24}
      aria-hidden
      display="block"
      shapeRendering="crispEdges"
    >
      <Patterns of={id} paints={['draft']} />
      <TodayPattern id={`${id}-floor`} />
      {count === null ? (
        <>
          <rect width="100%" height={14} fill={fillOf(id, 'now')} />
          <rect width="100%" height={14} fill={`url(#${id}-floor)`} />
        </>
      ) : (
        <rect width={widthOf(count)} height={14} fill={fillOf(id, 'draft')} />
      )}
      {before !== undefined && (
        <rect y={16} width={widthOf(before)} height={8} fill={fillOf(id, 'now')} />
      )}
    </svg>
  )
}
