import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { Delivery, Endpoint, ReplayFields } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'
import { Failure } from '../parts/failure.tsx'
import { useAct } from '../parts/use-act.ts'
import { EndSelect } from './end-select.tsx'
import { sayTime } from './series.ts'
import type { WholeSpan } from './series.ts'
import { sayCount } from './words.ts'

export interface ReplayDialogProps {
  webhook: Endpoint
  span: WholeSpan
  onClose: () => void
}

/** Says how many events a replay would send, and starts it. */
export function ReplayDialog({ webhook, span, onClose }: ReplayDialogProps) {
  const org = useOrganization()
  const client = useClient()
  const navigate = useNavigate()
  const { isBusy, act } = useAct()
  const [state, setState] = useState<ReplayFields['state']>()
  const times = { start_date: span.start, end_date: span.end }
  const { data: count, error, refetch } = useCount(webhook.id, { ...times, state })
  const isNothing = count?.events === 0 && !count.isAtLeast
  const begin = () =>
    act(async () => {
      await client.webhooks.replay(webhook.id, { ...times, state })
      await queries.invalidateQueries({ queryKey: ['replays'] })
      const params = { org, webhook: webhook.id }
      await navigate({ to: '/o/$org/webhooks/$webhook', params, search: { tab: 'replays' } })
    }, 'The replay has begun.')
  return (
    <Modal opened onClose={onClose} title="Replay a time">
      <Stack>
        <Text size="sm">
          Events that happened from {sayTime(times.start_date)} until {sayTime(times.end_date)} are
          sent once more, under their old ids: your receiver tells repeats by them. When they were
          sent does not matter.
        </Text>
        <EndSelect value={state} onChange={setState} />
        {error !== null && (
          <Failure error={error} of="Their number" onRetry={() => void refetch()} />
        )}
        <Text size="sm" fw={600} role="status">
          {count === undefined ? 'Counting …' : isNothing ? 'There are none.' : sayEvents(count)}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Do not
          </Button>
          <Button
            loading={isBusy}
            disabled={count === undefined || isNothing}
            onClick={() => void begin()}
          >
            {count === undefined || isNothing ? 'Replay' : `Replay ${sayEvents(count)}`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

interface Count {
  events: number
  /** There are more than were looked at. */
  isAtLeast: boolean
}

function sayEvents({ events, isAtLeast }: Count): string {
  const count = sayCount(events, isAtLeast)
  return `${count} ${events === 1 && !isAtLeast ? 'event' : 'events'}`
}

// One page of the list: beyond it the exact number decides nothing.
const MOST_COUNTED = 500

function useCount(webhook: string, { start_date, end_date, state }: ReplayFields) {
  const org = useOrganization()
  const client = useClient()
  return useQuery({
    queryKey: ['replay-count', org, webhook, start_date, end_date, state],
    queryFn: async (): Promise<Count> => {
      const query = { start_date, end_date, state, page_size: MOST_COUNTED }
      const { objects, next } = await client.webhooks.deliveries(webhook, query)
      return { events: objects.filter(isReplayed).length, isAtLeast: next !== null }
    },
    // What happens meanwhile may be in the time too.
    staleTime: 0,
  })
}

/** What has yet to be sent for the first time is not sent once more, nor is what was made up. */
function isReplayed({ state, test, event_type: type }: Delivery): boolean {
  return state !== 'waiting' && !test && type !== 'ping'
}
