import { Alert, Button, Code, Group, Text } from '@mantine/core'
import { NewcomerError } from '@newcomer/client/browser'

export interface FailureProps {
  error: unknown
  /** What was being done, as the beginning of a sentence: "The list". */
  of?: string
  onRetry?: (() => void) | undefined
}

/** Which call failed, why, and what to do. */
export function Failure({ error, of = 'This', onRetry }: FailureProps) {
  const { message, requestId } = describeFailure(error)
  return (
    <Alert color="red" variant="light" title={`${of} could not be had`} role="alert">
      <Text size="sm">{message}</Text>
      {requestId !== undefined && (
        <Text size="sm" mt={4}>
          Request <Code>{requestId}</Code>: name it to the operator.
        </Text>
      )}
      {onRetry && (
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  )
}

export function describeFailure(error: unknown): {
  message: string
  requestId?: string | undefined
} {
  if (error instanceof NewcomerError) {
    const { message, requestId, status } = error
    if (status === 403) return { message: `${message} Ask an owner of the organization for it.` }
    return { message, requestId: status >= 500 ? requestId : undefined }
  }
  return { message: error instanceof Error ? error.message : 'Something went wrong here.' }
}
