import { Anchor, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { cursorOf } from '@newcomer/client/browser'
import type { Delivery, Endpoint } from '@newcomer/client/browser'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Rows } from '../parts/rows.tsx'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'
import { DeliveryFilters } from './delivery-filters.tsx'
import { toDeliveryQuery } from './search.ts'
import type { WebhookSearch } from './search.ts'
import { State } from './state.tsx'
import { forgetWebhooks } from './use-webhooks.ts'
import { sayResult } from './words.ts'

/** Everything that was sent or waits, newest first; what it is narrowed to is in the address. */
export function DeliveriesTab({ webhook }: { webhook: Endpoint }) {
  const org = useOrganization()
  const client = useClient()
  const navigate = useNavigate()
  const search: WebhookSearch = useSearch({ strict: false })
  const query = toDeliveryQuery(search)
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['deliveries', org, webhook.id, query],
    queryFn: () => client.webhooks.deliveries(webhook.id, query),
    placeholderData: keepPreviousData,
  })
  const go = (next: WebhookSearch, replace = false) =>
    void navigate({
      to: '/o/$org/webhooks/$webhook',
      params: { org, webhook: webhook.id },
      search: { ...next, tab: 'deliveries' },
      replace,
    })
  const { tab: _tab, cursor: _cursor, ...filters } = search
  const isNarrowed = Object.values(filters).some((value) => value !== undefined)
  return (
    <Stack>
      <DeliveryFilters
        key={JSON.stringify(filters)}
        search={filters}
        onChange={(next) => go(next, true)}
      />
      <Group justify="space-between">
        <Text size="sm" role="status">
          {isFetching ? 'Reading …' : `${data?.objects.length ?? 0} on this page`}
        </Text>
        <Button size="compact-sm" variant="default" onClick={() => void refetch()}>
          Refresh
        </Button>
      </Group>
      {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
      {!data && error === null && <Skeleton h={200} />}
      {data?.objects.length === 0 && (
        <Empty title={isNarrowed ? 'Nothing matches.' : 'Nothing was sent yet, and nothing waits.'}>
          <Text size="sm">
            {data.next !== null
              ? 'Many events were looked through, and there are older ones: look further.'
              : isNarrowed
                ? 'Take a filter away, or widen the time.'
                : 'Send a ping from the tab Test.'}
          </Text>
          {isNarrowed && (
            <Button variant="default" size="xs" onClick={() => go({})}>
              Take all filters away
            </Button>
          )}
        </Empty>
      )}
      {data && data.objects.length > 0 && <DeliveryRows webhook={webhook} rows={data.objects} />}
      <Group>
        <Button
          variant="default"
          disabled={(data?.previous ?? null) === null}
          onClick={() => go({ ...filters, cursor: cursorOf(data?.previous ?? '') })}
        >
          Newer
        </Button>
        <Button
          variant="default"
          disabled={(data?.next ?? null) === null}
          onClick={() => go({ ...filters, cursor: cursorOf(data?.next ?? '') })}
        >
          Older
        </Button>
      </Group>
    </Stack>
  )
}

function DeliveryRows({ webhook, rows }: { webhook: Endpoint; rows: Delivery[] }) {
  const org = useOrganization()
  return (
    <Rows
      caption="Deliveries"
      rows={rows}
      keyOf={(each) => each.event_id}
      columns={[
        {
          name: 'Event',
          show: (each) => (
            <Anchor
              size="sm"
              underline="always"
              className="breaks"
              renderRoot={(props) => (
                <Link
                  to="/o/$org/webhooks/$webhook/deliveries/$event"
                  params={{ org, webhook: webhook.id, event: each.event_id }}
                  {...props}
                />
              )}
            >
              {each.event_id}
            </Anchor>
          ),
        },
        {
          name: 'Type',
          show: (each) => (each.test ? `${each.event_type} (test)` : each.event_type),
        },
        { name: 'Happened', show: (each) => <When date={each.created_date} /> },
        { name: 'State', show: (each) => <State state={each.state} /> },
        { name: 'Last attempt', show: (each) => <LastAttempt delivery={each} /> },
        {
          name: 'Actions',
          show: (each) => <ResendButton webhook={webhook.id} event={each.event_id} />,
        },
      ]}
    />
  )
}

function LastAttempt({ delivery }: { delivery: Delivery }) {
  const last = delivery.attempts.at(-1)
  return (
    <Text size="sm" component="div">
      {last ? `${sayResult(last)}, ${last.duration_ms} ms` : 'none yet'}
      {delivery.attempts.length > 1 && `, the ${delivery.attempts.length}th time`}
      {delivery.next_attempt_at !== null && (
        <Text size="xs" c="dimmed">
          next <When date={delivery.next_attempt_at} />
        </Text>
      )}
    </Text>
  )
}

export function ResendButton({ webhook, event }: { webhook: string; event: string }) {
  const org = useOrganization()
  const client = useClient()
  const { isBusy, act } = useAct()
  if (!useMay(org, 'technical')) return null
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={isBusy}
      aria-label={`Resend ${event}`}
      onClick={() =>
        void act(async () => {
          await client.webhooks.resend(webhook, event)
          await forgetWebhooks()
        }, 'It is sent once more, under its old id.')
      }
    >
      Resend
    </Button>
  )
}
