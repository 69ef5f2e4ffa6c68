import { Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import type { Endpoint } from '@newcomer/client/browser'
import { ReceiverCheckCard } from './receiver-check.tsx'
import { TrialResult, useTrial } from './try-webhook.tsx'
import { TYPES } from './words.ts'

/** Sends what is made up, and shows what the receiver makes of it. */
export function TestTab({ webhook }: { webhook: Endpoint }) {
  return (
    <Stack>
      <ReceiverCheckCard webhook={webhook} />
      <TrialCard webhook={webhook} />
    </Stack>
  )
}

function TrialCard({ webhook }: { webhook: Endpoint }) {
  const { trial, isBusy, run } = useTrial(webhook.id)
  return (
    <Card withBorder maw={720}>
      <Stack>
        <div>
          <Title order={2} size="h4">
            Try the receiver
          </Title>
          <Text size="sm">
            A ping, or a made-up event with “test”: true, goes to this webhook alone, whatever it
            subscribes to.
          </Text>
        </div>
        <Group gap="xs">
          <Button loading={isBusy} onClick={() => void run()}>
            Send a ping
          </Button>
          {TYPES.map(({ value, label }) => (
            <Button key={value} variant="default" disabled={isBusy} onClick={() => void run(value)}>
              {label}
            </Button>
          ))}
        </Group>
        <TrialResult webhook={webhook.id} trial={trial} isBusy={isBusy} />
      </Stack>
    </Card>
  )
}
