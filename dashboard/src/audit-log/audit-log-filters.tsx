import { Button, Group, SimpleGrid, TextInput } from '@mantine/core'
import { useState } from 'react'
import { TimeInput } from '../parts/time-input.tsx'
import type { AuditLogSearch } from './search.ts'

const TEXT_FIELDS = [
  { name: 'actor', label: 'Who', placeholder: 'person-…, key-…, operator' },
  { name: 'action', label: 'What', placeholder: 'key, or key.create' },
  { name: 'object', label: 'To what', placeholder: 'endpoint-…, import-…' },
] as const

export interface AuditLogFiltersProps {
  search: AuditLogSearch
  onChange: (search: AuditLogSearch) => void
}

/** What the list is narrowed to. It is applied by the button, so that typing is no search a letter. */
export function FilterForm({ search, onChange }: AuditLogFiltersProps) {
  const [draft, setDraft] = useState(search)
  const set = (changes: AuditLogSearch) => setDraft({ ...draft, ...changes })
  return (
    <form
      aria-label="Filters"
      onSubmit={(event) => {
        event.preventDefault()
        onChange(draft)
      }}
    >
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="xs">
        {TEXT_FIELDS.map(({ name, label, placeholder }) => (
          <TextInput
            key={name}
            label={label}
            placeholder={placeholder}
            value={draft[name] ?? ''}
            onChange={(event) => set({ [name]: event.currentTarget.value.trim() || undefined })}
          />
        ))}
        <TimeInput label="From" value={draft.start} onChange={(start) => set({ start })} />
        <TimeInput label="Until" value={draft.end} onChange={(end) => set({ end })} />
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
