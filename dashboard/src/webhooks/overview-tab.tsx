import { Alert, Badge, Card, Code, Group, Stack, Text, Title } from '@mantine/core'
import type { Endpoint } from '@newcomer/client/browser'
import type { ReactNode } from 'react'
import { When } from '../parts/when.tsx'
import { SeriesCard } from './series-card.tsx'
import { Status } from './state.tsx'
import { useMerchants } from './use-webhooks.ts'
import { Health } from './webhooks-page.tsx'
import { CAUSES, sayPause } from './words.ts'

/** How it fares, and how it is set. */
export function OverviewTab({ webhook }: { webhook: Endpoint }) {
  const { names } = useMerchants()
  const merchants = webhook.merchants?.map((id) => names.get(id) ?? id)
  const causes = webhook.causes?.map(
    (cause) => CAUSES.find(({ value }) => value === cause)?.label ?? cause,
  )
  return (
    <Stack>
      {webhook.paused && (
        <Alert color="orange" variant="light" title="Paused">
          {sayPause(webhook)} <When date={webhook.paused.date} />
        </Alert>
      )}
      <Card withBorder>
        <Title order={2} size="h4">
          Health
        </Title>
        <Health id={webhook.id} />
      </Card>
      <SeriesCard webhook={webhook} />
      <Card withBorder>
        <Group justify="space-between">
          <Title order={2} size="h4">
            Settings
          </Title>
          <Status status={webhook.status} />
        </Group>
        <Stack gap="xs" mt="xs">
          <Fact label="URL">
            <Code className="breaks">{webhook.url}</Code>
          </Fact>
          <Fact label="Id">
            <Code className="breaks">{webhook.id}</Code>
          </Fact>
          <Fact label="Events">
            <Group gap={6}>
              {webhook.event_types.map((type) => (
                <Badge key={type} variant="default" tt="none" fw={400}>
                  {type}
                </Badge>
              ))}
            </Group>
          </Fact>
          <Fact label="Merchants">{merchants?.join(', ') ?? 'all'}</Fact>
          <Fact label="Causes">{causes?.join(', ') ?? 'all'}</Fact>
          <Fact label="Events a request">
            {webhook.batch_size === 1 ? 'one' : `up to ${webhook.batch_size}, in batches`}
          </Fact>
          <Fact label="Alert by mail">{webhook.alert_email ?? 'nobody'}</Fact>
          <Fact label="Created">
            <When date={webhook.created_date} />
          </Fact>
        </Stack>
      </Card>
    </Stack>
  )
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="div" size="sm">
        {children}
      </Text>
    </div>
  )
}
