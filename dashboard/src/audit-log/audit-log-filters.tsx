import { TextInput } from '@mantine/core'
import { FilterForm } from '../parts/filter-form.tsx'
import { TimeInput } from '../parts/time-input.tsx'
import type { AnyAuditLogSearch, AuditLogSearch } from './search.ts'

const TEXT_FIELDS = [
  { name: 'actor', label: 'Who', placeholder: 'person-…, key-…, operator' },
  { name: 'action', label: 'What', placeholder: 'key, or key.create' },
  { name: 'object', label: 'To what', placeholder: 'endpoint-…, import-…' },
  { name: 'request_id', label: 'By which call', placeholder: 'req-…' },
] as const
const ORGANIZATION = {
  name: 'organization',
  label: 'Organization',
  placeholder: 'org-…, or operator',
} as const

export interface AuditLogFiltersProps {
  search: AuditLogSearch
  onChange: (search: AuditLogSearch) => void
  /** Whether there are journals of several organizations. */
  isOfAll: boolean
}

export function AuditLogFilterForm({ search, onChange, isOfAll }: AuditLogFiltersProps) {
  const fields = isOfAll ? [...TEXT_FIELDS, ORGANIZATION] : TEXT_FIELDS
  return (
    <FilterForm<AnyAuditLogSearch> search={search} onChange={onChange} columns={3}>
      {(draft, set) => (
        <>
          {fields.map(({ name, label, placeholder }) => (
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
        </>
      )}
    </FilterForm>
  )
}
