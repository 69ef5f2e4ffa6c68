import { Table, Text } from '@mantine/core'
import type { Import } from '@newcomer/client/browser'
import { addsUp } from './say-import.ts'
import { sayCount } from './say-numbers.ts'

export type Counts = Pick<Import, 'created' | 'updated' | 'unchanged' | 'rejected' | 'rows'>

const LINES: [keyof Counts, string][] = [
  ['created', 'new customers'],
  ['updated', 'known, and told more of'],
  ['unchanged', 'known just so'],
  ['rejected', 'can’t be imported; to be mended'],
]

/** Every row is in one of four lines, and the four add up to all of them: one sees that none was lost. */
export function Sums({ caption, counts }: { caption: string; counts: Counts }) {
  return (
    <>
      <Table aria-label={caption} w="auto" withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {LINES.map(([name, what]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {name}
              </Table.Th>
              <Table.Td ta="right" style={{ fontVariantNumeric: 'tabular-nums' }}>
                {sayCount(counts[name])}
              </Table.Td>
              <Table.Td visibleFrom="xs">
                <Text size="sm" c="dimmed">
                  {what}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr style={{ borderTop: '1px solid' }}>
            <Table.Th scope="row">= rows</Table.Th>
            <Table.Td ta="right" fw={700} style={{ fontVariantNumeric: 'tabular-nums' }}>
              {sayCount(counts.rows)}
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      {!addsUp(counts) && (
        <Text size="sm" c="red" role="alert">
          These numbers do not add up: tell the operator.
        </Text>
      )}
    </>
  )
}
