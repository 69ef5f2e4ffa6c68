import { Paper, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** In place of a list that has nothing: what it would show, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Paper withBorder p="xl">
      <Stack gap="xs" align="flex-start">
        <Text fw={600}>{title}</Text>
        {children}
      </Stack>
    </Paper>
  )
}
