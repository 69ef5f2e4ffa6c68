import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ListedRateCard } from '@newcomer/client/browser'
import { useClient } from '../api/organization.ts'
import { useAct } from '../parts/use-act.ts'
import { forgetCards } from './use-cards.ts'

export interface EndCardProps {
  /** Undefined: nothing is asked. */
  card: ListedRateCard | undefined
  onClose: () => void
}

/** Ends a card now, once it was said what that means. */
export function EndCard({ card, onClose }: EndCardProps) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const end = (id: string) =>
    act(async () => {
      await client.rateCards.end(id)
      onClose()
      await forgetCards()
    }, 'The card has ended.')
  return (
    <Modal opened={card !== undefined} onClose={onClose} title={`End ${card?.name ?? ''}`}>
      {card && (
        <Stack>
          <Text size="sm">
            From now on it pays no order any more, and what was scheduled for it is taken away.{' '}
            {card.publisher_id === null
              ? 'Publishers without a card of their own are then paid nothing, unless another card for all is in force.'
              : 'This publisher is then paid by the card for all, if there is one.'}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" data-autofocus onClick={onClose}>
              Keep it
            </Button>
            <Button color="red" loading={isBusy} onClick={() => void end(card.id)}>
              End it now
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
