import {
  Anchor,
  Badge,
  Button,
  Card,
  Code,
  Group,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
} from '@mantine/core'
import type { Endpoint } from '@newcomer/client/browser'
import { Link } from '@tanstack/react-router'
import { useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import { Status } from './state.tsx'
import { useStats, useWebhooks } from './use-webhooks.ts'
import { originOf, sayCount, sayMs, sayPause } from './words.ts'

/** Whether the organization's receivers are well, at a glance. */
export function WebhooksPage() {
  const org = useOrganization()
  const mayChange = useMay(org, 'technical')
  const { data, error, refetch } = useWebhooks()
  const create = (
    <Button renderRoot={(props) => <Link to="/o/$org/webhooks/new" params={{ org }} {...props} />}>
      Create a webhook
    </Button>
  )
  return (
    <Page
      title="Webhooks"
      about="Where events are sent to as they happen, and whether the receivers take them."
      actions={mayChange && create}
    >
      {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
      {!data && error === null && (
        <Stack role="status" aria-label="Loading">
          <Skeleton h={150} />
          <Skeleton h={150} />
        </Stack>
      )}
      {data?.length === 0 && (
        <Empty title="You have no webhook.">
          <Text size="sm">
            Create one, and events come to your server within a second. Without a server, run{' '}
            <Code>newcomer listen</Code> in a terminal: it shows them as they happen.
          </Text>
        </Empty>
      )}
      <Stack>
        {data?.map((each) => (
          <WebhookCard key={each.id} webhook={each} />
        ))}
      </Stack>
    </Page>
  )
}

function WebhookCard({ webhook }: { webhook: Endpoint }) {
  const org = useOrganization()
  return (
    <Card withBorder component="article" aria-label={webhook.description ?? originOf(webhook.url)}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4}>
          <Anchor
            underline="always"
            fw={600}
            renderRoot={(props) => (
              <Link
                to="/o/$org/webhooks/$webhook"
                params={{ org, webhook: webhook.id }}
                {...props}
              />
            )}
          >
            {webhook.description ?? originOf(webhook.url)}
          </Anchor>
          {webhook.description !== null && <Text size="sm">{originOf(webhook.url)}</Text>}
        </Stack>
        <Status status={webhook.status} />
      </Group>
      <Group gap={6} mt="xs">
        {webhook.event_types.map((type) => (
          <Badge key={type} variant="default" tt="none" fw={400}>
            {type}
          </Badge>
        ))}
      </Group>
      {webhook.paused && (
        <Text size="sm" mt="xs">
          {sayPause(webhook)} <When date={webhook.paused.date} />
        </Text>
      )}
      <Health id={webhook.id} />
    </Card>
  )
}

/** What waits, how the last hour was, how fast the receiver is. */
export function Health({ id }: { id: string }) {
  const { data: stats, error, refetch } = useStats(id)
  if (error !== null)
    return <Failure error={error} of="Its health" onRetry={() => void refetch()} />
  if (!stats) return <Skeleton h={48} mt="sm" />
  const { last_hour: hour } = stats
  const events = hour.acknowledged + hour.refused + hour.failed + hour.expired
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} mt="sm" spacing="xs">
      <Figure label="Waiting">
        {sayCount(stats.waiting, stats.waiting_is_at_least)}
        {stats.oldest_waiting_date !== null && (
          <Text size="xs" c="dimmed">
            the oldest from <When date={stats.oldest_waiting_date} />
          </Text>
        )}
      </Figure>
      <Figure label="Last hour">
        {sayCount(events)} {events === 1 ? 'event' : 'events'}
        <Text size="xs" c="dimmed">
          {sayCount(hour.acknowledged)} acknowledged, {sayCount(hour.failed)} failed,{' '}
          {sayCount(hour.refused + hour.expired)} given up
        </Text>
      </Figure>
      <Figure label="Half answer within">{sayMs(hour.p50_ms)}</Figure>
      <Figure label="99 % answer within">{sayMs(hour.p99_ms)}</Figure>
    </SimpleGrid>
  )
}

function Figure({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="div" fw={600}>
        {children}
      </Text>
    </div>
  )
}
