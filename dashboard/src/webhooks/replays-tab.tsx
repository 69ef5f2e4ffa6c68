import { Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core'
import type { Endpoint, Replay, ReplayFields } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Rows } from '../parts/rows.tsx'
import { TimeInput } from '../parts/time-input.tsx'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'
import { EndSelect } from './end-select.tsx'
import { sayCount } from './words.ts'

// While something is under way one wants to see it move.
const MOVING_MS = 2_000

/** Sends what happened in a time once more, and shows how far that is. */
export function ReplaysTab({ webhook }: { webhook: Endpoint }) {
  const org = useOrganization()
  const client = useClient()
  const { data, error, refetch } = useQuery({
    queryKey: ['replays', org, webhook.id],
    queryFn: async () => (await client.webhooks.replays(webhook.id)).objects,
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) === true ? MOVING_MS : false),
  })
  return (
    <Stack>
      <ReplayForm webhook={webhook} />
      {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
      {data?.length === 0 && <Empty title="Nothing was replayed yet." />}
      {data && data.length > 0 && <ReplayRows rows={data} />}
    </Stack>
  )
}

function isUnderWay({ status }: Replay): boolean {
  return status === 'gathering' || status === 'sending'
}

function ReplayForm({ webhook }: { webhook: Endpoint }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const [start, setStart] = useState<string>()
  const [end, setEnd] = useState<string>()
  const [state, setState] = useState<ReplayFields['state']>()
  const isWhole = start !== undefined && end !== undefined
  const isBackward = isWhole && Date.parse(start) >= Date.parse(end)
  const begin = () =>
    act(async () => {
      if (!isWhole) return
      await client.webhooks.replay(webhook.id, { start_date: start, end_date: end, state })
      await queries.invalidateQueries({ queryKey: ['replays'] })
    }, 'The replay has begun.')
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        Replay a time
      </Title>
      <Text size="sm" mb="xs">
        Events of that time are sent once more, under their old ids: your receiver tells repeats by
        them. What happens now goes before.
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void begin()
        }}
      >
        <Group align="flex-end" gap="xs">
          <TimeInput label="From" value={start} onChange={setStart} required />
          <TimeInput label="Until" value={end} onChange={setEnd} required />
          <EndSelect value={state} onChange={setState} />
          <Button type="submit" loading={isBusy} disabled={!isWhole || isBackward}>
            Replay
          </Button>
        </Group>
        {isBackward && (
          <Text size="sm" mt="xs" role="alert">
            The end must be after the beginning.
          </Text>
        )}
      </form>
    </Card>
  )
}

const WORDS: Record<Replay['status'], string> = {
  gathering: 'gathering events',
  sending: 'sending',
  finished: 'finished',
  cancelled: 'cancelled',
}

function ReplayRows({ rows }: { rows: Replay[] }) {
  return (
    <Rows
      caption="Replays"
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        { name: 'Begun', show: (each) => <When date={each.created_date} /> },
        {
          name: 'What',
          show: (each) =>
            each.event_id ?? (
              <>
                <When date={each.start_date} /> until <When date={each.end_date} />
                {each.state !== null && `, ${each.state}`}
              </>
            ),
        },
        { name: 'State', show: ({ status }) => WORDS[status] },
        { name: 'Sent', show: (each) => <Sent replay={each} /> },
        { name: 'Actions', show: (each) => isUnderWay(each) && <CancelButton replay={each} /> },
      ]}
    />
  )
}

function Sent({ replay }: { replay: Replay }) {
  const sent = replay.events - replay.waiting
  const label = `${sayCount(sent)} of ${sayCount(replay.events)}`
  return (
    <>
      <Text size="sm">{label}</Text>
      {isUnderWay(replay) && replay.events > 0 && (
        <Progress value={(100 * sent) / replay.events} aria-label={`Sent: ${label}`} />
      )}
    </>
  )
}

function CancelButton({ replay }: { replay: Replay }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={isBusy}
      onClick={() =>
        void act(async () => {
          await client.webhooks.cancelReplay(replay.webhook_id, replay.id)
          await queries.invalidateQueries({ queryKey: ['replays'] })
        }, 'The replay is cancelled; what was sent stays sent.')
      }
    >
      Cancel
    </Button>
  )
}
