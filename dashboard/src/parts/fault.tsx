import { Alert } from '@mantine/core'

/** Why a step was refused; nothing where it was not. */
export function Fault({ message }: { message: string | undefined }) {
  if (message === undefined) return null
  return (
    <Alert color="red" variant="light" role="alert">
      {message}
    </Alert>
  )
}
