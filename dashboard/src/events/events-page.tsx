import { Anchor, Button, Group, Select, Stack, Text } from '@mantine/core'
import type { SingleEvent, SubscribableType } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { pauseRefreshing, resumeRefreshing, usePausedAt } from '../api/refreshing.ts'
import { CodeBlock } from '../parts/code-block.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import { EVENT_TYPES } from './search.ts'
import { Stopwatch } from './stopwatch.tsx'
import { useTail } from './use-tail.ts'
import { useTold } from './use-told.ts'
import type { Told } from './use-told.ts'

const clock = new Intl.DateTimeFormat('en', { timeStyle: 'short', hourCycle: 'h23' })

/** Events as they happen. */
export function EventsPage() {
  const org = useOrganization()
  const navigate = useNavigate()
  const { type } = useSearch({ strict: false })
  const eventType = EVENT_TYPES.find((each) => each === type)
  const isPaused = usePausedAt() !== undefined
  const { events, since, error, isLost } = useTail({ eventType, isPaused })
  const toldOf = useTold(events)
  const choose = (next: string | null) =>
    void navigate({
      to: '/o/$org/events',
      params: { org },
      search: { type: (next ?? undefined) as SubscribableType | undefined },
      replace: true,
    })
  const state = isPaused ? 'Paused' : isLost ? 'The connection is lost; trying again' : 'Watching'
  return (
    <Page
      title="Events"
      about="What happens, as your webhooks would be told it. Nothing from before you came is shown."
      actions={
        <>
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/o/$org/events/types" params={{ org }} {...props} />}
          >
            Event types
          </Button>
          <Button
            variant={isPaused ? 'filled' : 'default'}
            onClick={isPaused ? resumeRefreshing : pauseRefreshing}
          >
            {isPaused ? 'Go on' : 'Pause'}
          </Button>
        </>
      }
    >
      <Stack>
        <Group align="flex-end">
          <Select
            label="Type"
            placeholder="any"
            clearable
            clearButtonProps={{ 'aria-label': 'Any type' }}
            data={EVENT_TYPES}
            value={eventType ?? null}
            onChange={choose}
          />
          <Text size="sm" role="status">
            {state}.
          </Text>
        </Group>
        {error !== undefined && <Failure error={error} of="The events" />}
        {events.length === 0 && error === undefined && (
          <Empty title="Nothing has happened yet.">
            <Text size="sm">
              Watched since {clock.format(new Date(since))}. Report an order or an import, or wait:
              events come by themselves.
            </Text>
          </Empty>
        )}
        <Stack component="ol" gap="xs" p={0} m={0} aria-label="Events, the newest first">
          {events.map((each) => (
            <EventItem key={each.event.id} event={each.event} told={toldOf(each)} />
          ))}
        </Stack>
      </Stack>
    </Page>
  )
}

function EventItem({ event, told }: { event: SingleEvent; told: Told[] }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <li className="event">
      <details onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
        <summary>
          <Text span size="sm" fw={600}>
            {event.event_type}
          </Text>{' '}
          <Text span size="sm">
            {summarize(event)}
          </Text>{' '}
          <Text span size="sm" c="dimmed">
            <When date={event.timestamp} />
          </Text>
        </summary>
        {isOpen && (
          <Stack gap="xs" mt="xs">
            <Stopwatch event={event.id} told={told} />
            <DeliveryLinks event={event.id} told={told} />
            <CodeBlock label={`Event ${event.id}`}>{JSON.stringify(event, null, 2)}</CodeBlock>
          </Stack>
        )}
      </details>
    </li>
  )
}

/** The one line that tells what happened. */
function summarize(event: SingleEvent): string {
  if (event.event_type === 'segment-change') {
    const [before] = event.segments.previous
    const [now] = event.segments.current
    return `${event.customer_id}: ${before?.name ?? 'nothing'} → ${now?.name ?? 'nothing'}, by ${event.cause}`
  }
  if (event.event_type === 'endpoint-paused') return event.data.endpoint_id
  if (event.event_type === 'ping') return event.data.message
  return event.data.id
}

/** To what becomes of it at webhooks that nobody waits for: those that are paused, or did not want it. */
function DeliveryLinks({ event, told }: { event: string; told: Told[] }) {
  const org = useOrganization()
  const client = useClient()
  const { data } = useQuery({
    queryKey: ['webhooks', org],
    queryFn: async () => (await client.webhooks.list({ page_size: 500 })).objects,
  })
  const others = data?.filter(({ id }) => !told.some(({ webhook }) => webhook === id)) ?? []
  if (others.length === 0) return null
  return (
    <Group gap="xs">
      <Text size="sm">Its way to:</Text>
      {others.map(({ id, url, description }) => (
        <Anchor
          key={id}
          size="sm"
          underline="always"
          renderRoot={(props) => (
            <Link
              to="/o/$org/webhooks/$webhook/deliveries/$event"
              params={{ org, webhook: id, event }}
              {...props}
            />
          )}
        >
          {description ?? URL.parse(url)?.origin ?? id}
        </Anchor>
      ))}
    </Group>
  )
}
