import { PasswordInput } from '@mantine/core'

/** A field for a password to be. The server says what is wrong with one. */
export function NewPassword({
  value,
  onChange,
}: {
  value: string
  onChange: (password: string) => void
}) {
  return (
    <PasswordInput
      label="Password"
      description="12 characters or more. A sentence is fine; no rules on what is in it."
      autoComplete="new-password"
      required
      minLength={12}
      maxLength={256}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
