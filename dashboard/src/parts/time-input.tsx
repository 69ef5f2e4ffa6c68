import { TextInput } from '@mantine/core'
import type { ReactNode } from 'react'

export interface TimeInputProps {
  label: string
  description?: ReactNode
  /** ISO 8601; undefined where none is chosen. */
  value: string | undefined
  onChange: (value: string | undefined) => void
  required?: boolean
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** A time in the person's time zone, by the browser's own field, which a keyboard and a phone can use. */
export function TimeInput({ label, description, value, onChange, required }: TimeInputProps) {
  return (
    <TextInput
      label={`${label} (${zone})`}
      description={description}
      type="datetime-local"
      step={1}
      required={required ?? false}
      value={toLocal(value)}
      onChange={(event) => {
        const local = event.currentTarget.value
        onChange(local === '' ? undefined : new Date(local).toISOString())
      }}
    />
  )
}

function toLocal(value: string | undefined): string {
  if (value === undefined) return ''
  const date = new Date(value)
  if (Number.isNaN(date.getTime())) return ''
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}
