import { TextInput } from '@mantine/core'

export interface DayInputProps {
  label: string
  /** `YYYY-MM-DD`. */
  value: string | undefined
  onChange: (day: string | undefined) => void
}

/** A day, as days are told: of UTC. */
export function DayInput({ label, value, onChange }: DayInputProps) {
  return (
    <TextInput
      label={`${label} (UTC)`}
      type="date"
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  )
}
