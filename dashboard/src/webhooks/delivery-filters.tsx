import { Select, TextInput } from '@mantine/core'
import { FilterForm } from '../parts/filter-form.tsx'
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

export function DeliveryFilters({ search, onChange }: DeliveryFiltersProps) {
  return (
    <FilterForm search={search} onChange={onChange} columns={4}>
      {(draft, set) => (
        <>
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
        </>
      )}
    </FilterForm>
  )
}
