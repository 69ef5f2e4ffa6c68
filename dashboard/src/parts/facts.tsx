import { Card, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** What is said of a thing in one line each: a name above its value. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <Card withBorder>
      <Group component="dl" m={0} gap="xl" align="flex-start">
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="xs" c="dimmed">
              {name}
            </Text>
            <Text component="dd" m={0} size="sm" className="breaks">
              {value}
            </Text>
          </div>
        ))}
      </Group>
    </Card>
  )
}
