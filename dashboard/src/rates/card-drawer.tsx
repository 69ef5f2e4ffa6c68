import { Drawer, Input, Stack, Text, TextInput } from '@mantine/core'
import type { ListedRateCard } from '@newcomer/client/browser'
import { useState } from 'react'
import { useClient } from '../api/organization.ts'
import { DialogButtons } from '../parts/dialog-buttons.tsx'
import { PublisherSelect } from '../parts/publisher-select.tsx'
import { TimeInput } from '../parts/time-input.tsx'
import { useAct } from '../parts/use-act.ts'
import { useFaults } from '../parts/use-faults.ts'
import { NEW_DRAFT, fromRate, toFields } from './draft.ts'
import type { RateDraft } from './draft.ts'
import { RateRows } from './rate-rows.tsx'
import { forgetCards } from './use-cards.ts'

/** What is edited: a card that is there, or one to be made, with what it begins with. */
export type Edited =
  { card: ListedRateCard; drafts?: RateDraft[] } | { card: undefined; drafts?: RateDraft[] }

export interface CardDrawerProps {
  /** Undefined: it is closed. */
  edited: Edited | undefined
  onClose: () => void
}

/** Makes a card, or a new version of one. */
export function CardDrawer({ edited, onClose }: CardDrawerProps) {
  const title = edited?.card ? `Change ${edited.card.name}` : 'A new rate card'
  return (
    <Drawer
      opened={edited !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={title}
    >
      {edited && <CardForm key={edited.card?.id} edited={edited} onClose={onClose} />}
    </Drawer>
  )
}

function CardForm({ edited, onClose }: { edited: Edited; onClose: () => void }) {
  const { card } = edited
  const client = useClient()
  const { isBusy, act } = useAct()
  const { faults, placeFaults } = useFaults()
  const [name, setName] = useState(card?.name ?? '')
  const [publisher, setPublisher] = useState(card?.publisher_id ?? undefined)
  const [start, setStart] = useState<string>()
  const [drafts, setDrafts] = useState(edited.drafts ?? card?.rates.map(fromRate) ?? [NEW_DRAFT])
  const save = () =>
    act(
      () =>
        placeFaults(async () => {
          const rates = drafts.map(toFields)
          const begin = start === undefined ? {} : { start_date: start }
          if (card) await client.rateCards.change(card.id, { name, rates, ...begin })
          else await client.rateCards.create({ name, rates, publisher_id: publisher, ...begin })
          onClose()
          await forgetCards()
        }),
      card ? 'The card has a new version.' : 'The card is made.',
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Stack>
        <Text size="sm">
          {card
            ? 'A card is never edited: this makes a version from a time on. Orders keep the version that was in force at their purchase.'
            : 'From its start on it pays orders of the publishers that it is for. Orders that are recorded already stay as they are.'}
        </Text>
        <TextInput
          label="Name"
          required
          value={name}
          error={faults['name']}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {!card && (
          <PublisherSelect
            label="For"
            placeholder="all publishers that have no card of their own"
            value={publisher}
            onChange={setPublisher}
          />
        )}
        <TimeInput label="From" description="Now unless given." value={start} onChange={setStart} />
        {faults['start_date'] !== undefined && (
          <Input.Error role="alert">{faults['start_date']}</Input.Error>
        )}
        <RateRows drafts={drafts} onChange={setDrafts} fault={faults['rates']} />
        <DialogButtons onLeave={onClose} isBusy={isBusy}>
          {card ? 'Make the version' : 'Make the card'}
        </DialogButtons>
      </Stack>
    </form>
  )
}
