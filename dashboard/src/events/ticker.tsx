import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core'
import type { SegmentChangeEvent, SingleEvent } from '@newcomer/client/browser'
import { Link } from '@tanstack/react-router'
import { useOrganization } from '../api/organization.ts'
import { usePausedAt } from '../api/refreshing.ts'
import { Failure } from '../parts/failure.tsx'
import { ThingLink } from '../parts/thing-link.tsx'
import { When } from '../parts/when.tsx'
import { Stopwatch } from './stopwatch.tsx'
import { useTail } from './use-tail.ts'
import type { TailedEvent } from './use-tail.ts'
import { useTold } from './use-told.ts'

interface Move extends TailedEvent {
  event: SegmentChangeEvent
}

const isMove = (tailed: TailedEvent): tailed is Move => isSegmentChange(tailed.event)
const isSegmentChange = (event: SingleEvent): event is SegmentChangeEvent =>
  event.event_type === 'segment-change'

export interface TickerProps {
  /** How many moves are shown. */
  most?: number
}

/**
 * Moves between segments as they happen, each with how long it took until somebody was told. For members with the
 * permission `technical`, who may read events.
 */
export function Ticker({ most = 6 }: TickerProps) {
  const org = useOrganization()
  const isPaused = usePausedAt() !== undefined
  const { events, error, isLost } = useTail({ eventType: 'segment-change', isPaused })
  const moves = events.filter(isMove).slice(0, most)
  const toldOf = useTold(moves)
  return (
    <Card withBorder component="section" aria-label="Moves as they happen">
      <Group justify="space-between">
        <Title order={2} size="h4">
          Moves as they happen
        </Title>
        <Anchor
          size="sm"
          underline="always"
          renderRoot={(props) => <Link to="/o/$org/events" params={{ org }} {...props} />}
        >
          Watch them all
        </Anchor>
      </Group>
      {error !== undefined && <Failure error={error} of="The events" />}
      <Text size="sm" c="dimmed">
        {isPaused ? 'Paused.' : isLost ? 'The connection is lost; trying again.' : 'Watching.'}{' '}
        {moves.length === 0 && 'Nobody has moved since you came.'}
      </Text>
      <Stack component="ol" gap="xs" p={0} m={0} mt="xs" aria-label="Moves, the newest first">
        {moves.map((move) => (
          <li key={move.event.id} className="event">
            <Text size="sm">
              <ThingLink kind="customer" id={move.event.customer_id} /> {sayMove(move.event)}{' '}
              <Text span size="sm" c="dimmed">
                <When date={move.event.timestamp} />
              </Text>
            </Text>
            <Stopwatch event={move.event.id} told={toldOf(move)} />
          </li>
        ))}
      </Stack>
    </Card>
  )
}

function sayMove({ segments, cause }: SegmentChangeEvent): string {
  const [before] = segments.previous
  const [now] = segments.current
  return `from ${before?.name ?? 'nothing'} to ${now?.name ?? 'nothing'}, by ${cause}`
}
