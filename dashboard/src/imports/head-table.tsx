import { Badge, Box, Group, Stack, Table, Text, Title } from '@mantine/core'
import { memo } from 'react'
import type { CheckedHead } from './check-file.ts'

const ENCODINGS = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
}
const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'pipes' }

/** How a file was written: "UTF-8, commas". */
export function sayForm({
  encoding,
  delimiter,
}: Pick<CheckedHead, 'encoding' | 'delimiter'>): string {
  return `${ENCODINGS[encoding]}, separated by ${DELIMITERS[delimiter]}`
}

/** What the columns are read as, and the first rows, masked. Not rendered anew while the rest is gone through. */
export const HeadTable = memo(function HeadTable({ head }: { head: CheckedHead }) {
  const { columns, rows } = head
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        Columns and first rows
      </Title>
      <Text size="sm" c="dimmed">
        {sayForm(head)}. Letters are shown as x, digits as 9: nobody can read over your shoulder,
        and these rows are not sent.
      </Text>
      {/* Many columns do not fit: the frame scrolls, by the keyboard as well. */}
      <Box
        style={{ overflowX: 'auto' }}
        tabIndex={0}
        role="region"
        aria-label="Columns and first rows of the file"
      >
        <Table withTableBorder>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ shown, means }, index) => (
                <Table.Th key={index} scope="col">
                  <Text size="sm" fw={600} style={{ whiteSpace: 'nowrap' }}>
                    {shown === '' ? '(no name)' : shown}
                  </Text>
                  <Meaning means={means} />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, line) => (
              <Table.Tr key={line}>
                {columns.map((_, index) => (
                  <Table.Td key={index} style={{ whiteSpace: 'nowrap' }}>
                    {row[index] ?? ''}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Box>
    </Stack>
  )
})

function Meaning({ means }: { means: string | null }) {
  return (
    <Group gap={4} wrap="nowrap">
      {means === null ? (
        <Text size="xs" c="dimmed">
          ignored
        </Text>
      ) : (
        <Badge size="sm" variant="light" tt="none">
          {means}
        </Badge>
      )}
    </Group>
  )
}
