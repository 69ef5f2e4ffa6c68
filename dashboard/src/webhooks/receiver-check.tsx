import { Badge, Button, Card, Group, Loader, Stack, Text, Title } from '@mantine/core'
import type { Endpoint, ReceiverCheck, ReceiverFinding } from '@newcomer/client/browser'
import { useState } from 'react'
import { useClient } from '../api/organization.ts'
import { CodeBlock } from '../parts/code-block.tsx'
import { useAct } from '../parts/use-act.ts'

const LABELS: Record<ReceiverFinding['name'], string> = {
  'right-signature': 'An event that is signed rightly is acknowledged',
  'wrong-signature': 'A wrong signature is refused',
  repeat: 'The same event twice is acknowledged twice',
  'unknown-type': 'An event type that it does not know is acknowledged',
  batch: 'A large batch is acknowledged',
  speed: 'It answers in time',
}

// A mark and a word: not everybody tells the colors apart.
const MARKS: Record<ReceiverFinding['outcome'], { mark: string; label: string; color: string }> = {
  passed: { mark: '✓', label: 'right', color: 'teal' },
  warning: { mark: '!', label: 'could be better', color: 'orange' },
  failed: { mark: '✗', label: 'wrong', color: 'red' },
  skipped: { mark: '–', label: 'not tried', color: 'gray' },
}

/** Finds out whether the receiver does what a receiver must, and says by which line it is mended. */
export function ReceiverCheckCard({ webhook }: { webhook: Endpoint }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const [found, setFound] = useState<ReceiverCheck>()
  const run = () =>
    act(async () => {
      setFound(undefined)
      setFound(await client.webhooks.check(webhook.id))
    })
  return (
    <Card withBorder maw={720}>
      <Stack>
        <div>
          <Title order={2} size="h4">
            Is the receiver right?
          </Title>
          <Text size="sm">
            Up to five made-up events are sent to it at once, also while the webhook is paused: one
            wrongly signed, one twice, one of a type that it does not know. Their ids begin with
            “hook-check-”; they are no deliveries, and count for nothing.
          </Text>
        </div>
        <Group>
          <Button loading={isBusy} onClick={() => void run()}>
            Check the receiver
          </Button>
        </Group>
        <div role="status">
          {isBusy && (
            <Group gap="xs">
              <Loader size="xs" aria-hidden />
              <Text size="sm">It is being tried; that takes at most 25 seconds.</Text>
            </Group>
          )}
          {found && <Text fw={600}>{sayFound(found)}</Text>}
        </div>
        {found && (
          <Stack component="ul" gap="sm" p={0} m={0} aria-label="What was found">
            {found.findings.map((finding) => (
              <FindingItem key={finding.name} finding={finding} />
            ))}
          </Stack>
        )}
      </Stack>
    </Card>
  )
}

function sayFound({ is_right: isRight, findings }: ReceiverCheck): string {
  if (isRight) return 'The receiver is right.'
  const wrong = findings.filter(({ outcome }) => outcome === 'failed').length
  if (wrong > 0) return `${wrong} of ${findings.length} are wrong.`
  return 'The receiver works, but could be better.'
}

function FindingItem({ finding }: { finding: ReceiverFinding }) {
  const { mark, label, color } = MARKS[finding.outcome]
  return (
    <Card component="li" withBorder padding="sm">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Badge color={color} variant="light" tt="none" style={{ flexShrink: 0 }}>
          <span aria-hidden>{mark} </span>
          {label}
        </Badge>
        <Text size="sm" fw={600}>
          {LABELS[finding.name]}
        </Text>
      </Group>
      <Text size="sm" mt={4}>
        {finding.message}
      </Text>
      {finding.mend !== null && (
        <CodeBlock
          label={`The line that mends it: ${LABELS[finding.name]}`}
          mt="xs"
          style={{ whiteSpace: 'pre-wrap' }}
        >
          {finding.mend}
        </CodeBlock>
      )}
    </Card>
  )
}
