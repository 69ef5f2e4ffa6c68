import { Button, Card, Group, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { sayInstant } from './date.ts'

export interface ChartProps {
  title: string
  /** What it shows, in words, for screen readers too; undefined until it is known. */
  sentence: ReactNode
  /** The same numbers as rows; undefined where there are none to draw. */
  table: (() => ReactNode) | undefined
  plot: () => ReactNode
  /** Beside the title. */
  controls?: ReactNode
  /** Below the picture or the table. */
  children?: ReactNode
  /** When it was counted, ISO 8601. */
  asOf?: string | null | undefined
}

/** A chart: a sentence that says what it shows, and the picture, or the table in its place. */
export function Chart(props: ChartProps) {
  const { title, sentence, table, plot, controls, children, asOf } = props
  const [isTable, setTable] = useState(false)
  return (
    <Card withBorder component="section" aria-label={title}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Group gap="xs">
          {controls}
          {table && (
            <Button
              size="compact-sm"
              variant="default"
              aria-pressed={isTable}
              onClick={() => setTable(!isTable)}
            >
              Show a table
            </Button>
          )}
        </Group>
      </Group>
      {sentence !== undefined && (
        <Text size="sm" mt="xs" mb="xs">
          {sentence}
        </Text>
      )}
      {table && (isTable ? table() : plot())}
      {children}
      {asOf != null && (
        <Text size="xs" c="dimmed" mt="xs">
          As of {sayInstant(asOf)}.
        </Text>
      )}
    </Card>
  )
}
