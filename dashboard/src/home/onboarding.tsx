import { Card, Group, Stack, Text, Title } from '@mantine/core'
import { Failure } from '../parts/failure.tsx'
import { GoButton } from '../parts/go-button.tsx'
import { Word } from '../parts/word.tsx'
import { useSteps } from './use-steps.ts'
import type { Step } from './use-steps.ts'

/** What is still to be done until an organization works with the network; nothing once all is. */
export function Onboarding() {
  const { data: steps, error, refetch } = useSteps()
  if (error !== null) return <Failure error={error} of="The steps" onRetry={() => void refetch()} />
  if (!steps || steps.every(({ isDone }) => isDone)) return null
  const done = steps.filter(({ isDone }) => isDone).length
  return (
    <Card withBorder component="section" aria-label="First steps">
      <Title order={2} size="h4">
        First steps
      </Title>
      <Text size="sm" c="dimmed">
        {done} of {steps.length} are done.
      </Text>
      <Stack component="ol" gap="xs" p={0} m={0} mt="xs" aria-label="Steps">
        {steps.map((step) => (
          <li key={step.text} className="event">
            <StepLine step={step} />
          </li>
        ))}
      </Stack>
    </Card>
  )
}

function StepLine({ step: { text, isDone, go } }: { step: Step }) {
  return (
    <Group justify="space-between">
      <Group gap="xs" wrap="nowrap">
        <Word>{isDone ? 'done' : 'to do'}</Word>
        <Text size="sm">{text}</Text>
      </Group>
      {go && !isDone && <GoButton {...go} />}
    </Group>
  )
}
