import { Select } from '@mantine/core'

export interface ChoiceProps<T extends string> {
  label: string
  options: readonly (T | { value: T; label: string })[]
  value: T | undefined
  onChange: (value: T | undefined) => void
}

/** One of several words, or any. */
export function Choice<T extends string>({ label, options, value, onChange }: ChoiceProps<T>) {
  const all = options.map((each) =>
    typeof each === 'string' ? { value: each, label: each } : each,
  )
  return (
    <Select
      label={label}
      clearable
      placeholder="any"
      clearButtonProps={{ 'aria-label': `Any ${label.toLowerCase()}` }}
      data={all}
      value={value ?? null}
      onChange={(chosen) => onChange(all.find((each) => each.value === chosen)?.value)}
    />
  )
}
