import { Anchor, Card, Code, Group, Skeleton, Stack, Text, Timeline, Title } from '@mantine/core'
import { NewcomerError } from '@newcomer/client/browser'
import type { DeliveryWithBody } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { CodeBlock } from '../parts/code-block.tsx'
import { Copy } from '../parts/copy.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import { ResendButton } from './deliveries-tab.tsx'
import { Fact } from './overview-tab.tsx'
import { State } from './state.tsx'
import { adviceFor } from './try-webhook.tsx'
import { sayResult } from './words.ts'

/** One event's way to one webhook. */
export function DeliveryPage() {
  const org = useOrganization()
  const client = useClient()
  const { webhook = '', event = '' } = useParams({ strict: false })
  const { data, error, refetch } = useQuery({
    queryKey: ['delivery', org, webhook, event],
    queryFn: () => client.webhooks.delivery(webhook, event),
    refetchInterval: ({ state }) => (state.data?.state === 'waiting' ? 5_000 : false),
  })
  const isGone = error instanceof NewcomerError && error.status === 404
  return (
    <Page
      title="Delivery"
      about={
        <Anchor
          underline="always"
          renderRoot={(props) => (
            <Link
              to="/o/$org/webhooks/$webhook"
              params={{ org, webhook }}
              search={{ tab: 'deliveries' as const }}
              {...props}
            />
          )}
        >
          All deliveries of this webhook
        </Anchor>
      }
      actions={data && <ResendButton webhook={webhook} event={event} />}
    >
      {isGone && (
        <Empty title="There is no such delivery.">
          <Text size="sm">
            The webhook never wanted this event, or it is so old that it was deleted: events that
            are done with are kept for some 30 days.
          </Text>
        </Empty>
      )}
      {error !== null && !isGone && (
        <Failure error={error} of="The delivery" onRetry={() => void refetch()} />
      )}
      {!data && error === null && <Skeleton h={300} role="status" aria-label="Loading" />}
      {data && (
        <Stack>
          <Facts delivery={data} />
          <Attempts delivery={data} />
          <Body delivery={data} />
        </Stack>
      )}
    </Page>
  )
}

function Facts({ delivery }: { delivery: DeliveryWithBody }) {
  return (
    <Card withBorder>
      <Group gap="xl" align="flex-start">
        <Fact label="State">
          <State state={delivery.state} />
        </Fact>
        <Fact label="Type">
          {delivery.event_type}
          {delivery.test && ' (test)'}
        </Fact>
        <Fact label="Event">
          <Code className="breaks">{delivery.event_id}</Code>
        </Fact>
        <Fact label="Happened">
          <When date={delivery.created_date} />
        </Fact>
        {delivery.customer_id !== null && (
          <Fact label="Customer">
            <Code className="breaks">{delivery.customer_id}</Code>
          </Fact>
        )}
        {delivery.transaction_id !== null && (
          <Fact label="Transaction">
            <Code className="breaks">{delivery.transaction_id}</Code>
          </Fact>
        )}
      </Group>
    </Card>
  )
}

function Attempts({ delivery }: { delivery: DeliveryWithBody }) {
  const { attempts, next_attempt_at: next, state } = delivery
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        What happened
      </Title>
      <Timeline active={attempts.length} bulletSize={16}>
        <Timeline.Item title="The event">
          <Text size="sm">
            <When date={delivery.created_date} />
          </Text>
        </Timeline.Item>
        {attempts.map((each, index) => (
          <Timeline.Item key={each.request_id} title={`Attempt ${index + 1}: ${sayResult(each)}`}>
            <Text size="sm">
              <When date={each.at} />, {each.duration_ms} ms
              {each.replay_id !== null && `, for ${each.replay_id}`}
            </Text>
            {(each.status === null || each.status >= 300) && (
              <Text size="sm">{adviceFor(each.status)}</Text>
            )}
            {each.answer !== null && (
              <CodeBlock mt={4} label={`Answer ${index + 1}`}>
                {each.answer}
              </CodeBlock>
            )}
          </Timeline.Item>
        ))}
        {state === 'waiting' && (
          <Timeline.Item title="Next">
            <Text size="sm">
              {next === null ? (
                'It waits for an earlier event of the same customer or transaction, for a resume, or is on its way just now.'
              ) : (
                <When date={next} />
              )}
            </Text>
          </Timeline.Item>
        )}
      </Timeline>
    </Card>
  )
}

function Body({ delivery }: { delivery: DeliveryWithBody }) {
  const { body, headers } = delivery
  if (body === null) {
    return (
      <Empty title="There is no body to show.">
        <Text size="sm">The customer was erased since, or the event can be read no more.</Text>
      </Empty>
    )
  }
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Title order={2} size="h4">
          What is sent
        </Title>
        <Copy text={body} label="Copy the body" />
      </Group>
      <Text size="sm" mb="xs">
        Bodies are not kept: this is the event as it would be sent now, alone, signed just now with
        the secrets that are valid.
      </Text>
      <CodeBlock label="Headers">
        {Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}`)
          .join('\n')}
      </CodeBlock>
      <CodeBlock mt="xs" label="Body">
        {pretty(body)}
      </CodeBlock>
    </Card>
  )
}

/** Indented, where that changes no number: a parser of JSON rounds those beyond 2^53. */
function pretty(body: string): string {
  const value: unknown = JSON.parse(body)
  return JSON.stringify(value) === body ? JSON.stringify(value, null, 2) : body
}
