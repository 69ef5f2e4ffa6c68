import { ScrollArea, Table } from '@mantine/core'
import { PartnershipCell } from './partnership-cell.tsx'
import type { Pairs } from './partnership-pairs.ts'

/** A row a publisher, a column a merchant. */
export function PartnershipMatrix({ publishers, merchants, find, onChoose }: Pairs) {
  return (
    <ScrollArea type="auto">
      <Table aria-label="Partnerships" withColumnBorders>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Publisher</Table.Th>
            {merchants.map(({ id, name }) => (
              <Table.Th key={id} scope="col" className="breaks">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {publishers.map((publisher) => (
            <Table.Tr key={publisher.id}>
              <Table.Th scope="row" className="breaks" miw={140} maw={220}>
                {publisher.name}
              </Table.Th>
              {merchants.map((merchant) => (
                <Table.Td key={merchant.id} miw={150}>
                  <PartnershipCell
                    pair={{ publisher, merchant, partnership: find(publisher, merchant) }}
                    onChoose={onChoose}
                  />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  )
}
