import { Box, Card, Stack, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'

export interface Column<T> {
  name: string
  show: (row: T) => ReactNode
}

export interface RowsProps<T> {
  /** What the table is of, for who can't see it. */
  caption: string
  columns: Column<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
}

/** A table; on a phone each row is a card, since a table there scrolls its last column out of sight. */
export function Rows<T>({ caption, columns, rows, keyOf }: RowsProps<T>) {
  return (
    <>
      <Box visibleFrom="sm">
        <Table highlightOnHover aria-label={caption}>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ name }) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={keyOf(row)}>
                {columns.map(({ name, show }) => (
                  <Table.Td key={name}>{show(row)}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Box>
      <Stack hiddenFrom="sm" gap="xs" component="ul" p={0} m={0} aria-label={caption}>
        {rows.map((row) => (
          <Card key={keyOf(row)} withBorder padding="sm" component="li">
            {columns.map(({ name, show }) => (
              <Box key={name} mb={4}>
                <Text size="xs" c="dimmed">
                  {name}
                </Text>
                <Box>{show(row)}</Box>
              </Box>
            ))}
          </Card>
        ))}
      </Stack>
    </>
  )
}
