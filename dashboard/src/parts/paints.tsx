import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** How a part of a chart is drawn, by what it means: the same everywhere, and told apart without colors too. */
interface PaintRule {
  color: string
  /** The stripes' angle in degrees; undefined: it is plain. */
  stripes?: number
  isDotted?: boolean
}

// Segments and statuses have the colors of their words.
const PAINTS = {
  new: { color: 'blue' },
  active: { color: 'violet', stripes: 45 },
  untold: { color: 'gray', isDotted: true },
  validated: { color: 'teal' },
  pending: { color: 'gray', stripes: 45 },
  declined: { color: 'red', stripes: 0 },
  acknowledged: { color: 'teal' },
  failed: { color: 'orange', stripes: 45 },
  'given up': { color: 'red', stripes: 0 },
  now: { color: 'gray' },
  draft: { color: 'cyan', stripes: 45 },
  order: { color: 'teal' },
  'order-deleted': { color: 'red', stripes: 0 },
  import: { color: 'orange', stripes: 45 },
  customer: { color: 'cyan', isDotted: true },
  erasure: { color: 'gray', stripes: 90 },
  other: { color: 'gray', stripes: 135 },
} as const satisfies Record<string, PaintRule>

export type Paint = keyof typeof PAINTS

export function paintOf(name: string): Paint {
  return Object.hasOwn(PAINTS, name) ? (name as Paint) : 'other'
}

const colorOf = (paint: Paint) => `var(--mantine-color-${PAINTS[paint].color}-text)`

/** What fills a shape; `of` names the picture that has the patterns. */
export function fillOf(of: string, paint: Paint): string {
  return isPlain(paint) ? colorOf(paint) : `url(#${of}-${paint.replace(' ', '-')})`
}

const isPlain = (paint: Paint) => !('stripes' in PAINTS[paint]) && !('isDotted' in PAINTS[paint])

export interface PatternsProps {
  /** Unique on the page. */
  of: string
  paints: readonly Paint[]
}

/** The patterns of a picture's parts. */
export function Patterns({ of, paints }: PatternsProps) {
  return (
    <defs>
      {paints
        .filter((paint) => !isPlain(paint))
        .map((paint) => (
          <Pattern key={paint} id={`${of}-${paint.replace(' ', '-')}`} paint={paint} />
        ))}
    </defs>
  )
}

/** Lies over what is not over yet. */
export function TodayPattern({ id }: { id: string }) {
  return (
    <pattern
      id={id}
      width={4}
      height={4}
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(135)"
    >
      <rect width={2.5} height={4} fill="var(--mantine-color-body)" />
    </pattern>
  )
}

function Pattern({ id, paint }: { id: string; paint: Paint }) {
  const { stripes = 0, isDotted = false }: PaintRule = PAINTS[paint]
  return (
    <pattern
      id={id}
      width={5}
      height={5}
      patternUnits="userSpaceOnUse"
      patternTransform={`rotate(${stripes})`}
    >
      <rect width={5} height={5} fill={colorOf(paint)} />
      {isDotted ? (
        <circle cx={2.5} cy={2.5} r={1.2} fill="var(--mantine-color-body)" />
      ) : (
        <rect width={1.5} height={5} fill="var(--mantine-color-body)" />
      )}
    </pattern>
  )
}

export interface LegendProps {
  of: string
  parts: readonly { name: string; paint: Paint }[]
  /** What else is in the picture. */
  children?: ReactNode
}

/** Which part is what. */
export function Legend({ of, parts, children }: LegendProps) {
  return (
    <Group gap="md" aria-hidden>
      {parts.map(({ name, paint }) => (
        <Group key={name} gap={6}>
          <svg width={14} height={14}>
            <Patterns of={`${of}-legend`} paints={[paint]} />
            <rect width={14} height={14} fill={fillOf(`${of}-legend`, paint)} />
          </svg>
          <Text size="xs">{name}</Text>
        </Group>
      ))}
      {children}
    </Group>
  )
}

/** Of a line in the picture. */
export function LineLegend({ name, isDashed = false }: { name: string; isDashed?: boolean }) {
  return (
    <Group gap={6}>
      <svg width={14} height={14}>
        <line
          x2={14}
          y1={7}
          y2={7}
          stroke="var(--mantine-color-text)"
          strokeWidth={1.5}
          strokeDasharray={isDashed ? '4 2' : undefined}
        />
      </svg>
      <Text size="xs">{name}</Text>
    </Group>
  )
}
