import { Card, Stack, Text, Title } from '@mantine/core'
import { PartnershipCell } from './partnership-cell.tsx'
import type { Pairs } from './partnership-pairs.ts'

/** The same on a phone, which has no room for columns: a card a publisher, with its merchants in it. */
export function PartnershipList({ publishers, merchants, find, onChoose }: Pairs) {
  return (
    <Stack gap="xs" component="ul" p={0} m={0} aria-label="Partnerships">
      {publishers.map((publisher) => (
        <Card key={publisher.id} withBorder padding="sm" component="li">
          <Title order={2} size="h5" mb="xs" className="breaks">
            {publisher.name}
          </Title>
          <Stack gap="sm">
            {merchants.map((merchant) => (
              <div key={merchant.id}>
                <Text size="xs" c="dimmed" className="breaks">
                  with {merchant.name}
                </Text>
                <PartnershipCell
                  pair={{ publisher, merchant, partnership: find(publisher, merchant) }}
                  onChoose={onChoose}
                />
              </div>
            ))}
          </Stack>
        </Card>
      ))}
    </Stack>
  )
}
