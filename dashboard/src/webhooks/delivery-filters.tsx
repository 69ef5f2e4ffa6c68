import { Button, Group, Select, SimpleGrid, TextInput } from '@mantine/core'
import { useState } from 'react'
import { TimeInput } from '../parts/time-input.tsx'
import type { WebhookSearch } from './search.ts'
import { STATES, TYPES } from './words.ts'

const ID_FIELDS = [
  { name: 'event', label: 'Event id', placeholder: 'hook-…' },
  { name: 'customer', label: 'Customer id', placeholder: 'your own id' },
  { name: 'transaction', label: 'Transaction id', placeholder: 'tx-…' },
] as const

export interface DeliveryFiltersProps {
  search: WebhookSearch
  onChange: (search: WebhookSearch) => void
}

/** What the list is narrowed to. It is applied by the button, so that typing is no search a letter. */
export function DeliveryFilters({ search, onChange }: DeliveryFiltersProps) {
  const [draft, setDraft] = useState(search)
  const set = (changes: WebhookSearch) => setDraft({ ...draft, ...changes })
  return (
    <form
      aria-label="Filters"
      onSubmit={(event) => {
        event.preventDefault()
        onChange(draft)
      }}
    >
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="xs">
        <Select
          label="State"
          clearable
          placeholder="any"
          clearButtonProps={{ 'aria-label': 'Any state' }}
          data={STATES.map(({ value, label, about }) => ({ value, label: `${label}: ${about}` }))}
          value={draft.state ?? null}
          onChange={(state) => set({ state: state ?? undefined })}
        />
        <Select
          label="Type"
          clearable
          placeholder="any"
          clearButtonProps={{ 'aria-label': 'Any type' }}
          data={[...TYPES.map(({ value, label }) => ({ value, label })), 'ping']}
          value={draft.type ?? null}
          onChange={(type) => set({ type: type ?? undefined })}
        />
        <TimeInput label="From" value={draft.start} onChange={(start) => set({ start })} />
        <TimeInput label="Until" value={draft.end} onChange={(end) => set({ end })} />
        {ID_FIELDS.map(({ name, label, placeholder }) => (
          <TextInput
            key={name}
            label={label}
            placeholder={placeholder}
            value={draft[name] ?? ''}
            onChange={(event) => set({ [name]: event.currentTarget.value.trim() || undefined })}
          />
        ))}
      </SimpleGrid>
      <Group mt="xs" gap="xs">
        <Button type="submit" size="xs">
          Search
        </Button>
        <Button size="xs" variant="default" onClick={() => onChange({})}>
          Clear
        </Button>
      </Group>
    </form>
  )
}
