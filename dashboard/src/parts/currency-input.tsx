import { TextInput } from '@mantine/core'

export interface CurrencyInputProps {
  value: string | undefined
  onChange: (currency: string | undefined) => void
}

/** A currency to narrow to, by its code; any where it is empty. */
export function CurrencyInput({ value, onChange }: CurrencyInputProps) {
  return (
    <TextInput
      label="Currency"
      placeholder="any"
      maxLength={3}
      pattern="[A-Za-z]{3}"
      title="Three letters, such as USD"
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value.toUpperCase() || undefined)}
    />
  )
}

/** A currency in an address; what the API would refuse is none. */
export const parseCurrency = (text: string | undefined): string | undefined =>
  /^[A-Z]{3}$/.test(text ?? '') ? text : undefined
