import { ActionIcon, Button, Group, Text } from '@mantine/core'
import { pauseRefreshing, resumeRefreshing, usePausedAt } from '../api/refreshing.ts'

const time = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' })

const nameOf = (pausedAt: number | undefined): string =>
  pausedAt === undefined ? 'Stop refreshing' : 'Refresh again'

const toggle = (pausedAt: number | undefined): void =>
  pausedAt === undefined ? pauseRefreshing() : resumeRefreshing()

/** Has every page stay as it is, and says since when it is so. */
export function RefreshSwitch() {
  const pausedAt = usePausedAt()
  return (
    <Group gap="xs" wrap="nowrap" visibleFrom="sm">
      <Text size="xs" role="status">
        {pausedAt !== undefined && `as of ${time.format(pausedAt)}`}
      </Text>
      <ActionIcon
        variant={pausedAt === undefined ? 'default' : 'filled'}
        size="lg"
        aria-label={nameOf(pausedAt)}
        title={nameOf(pausedAt)}
        onClick={() => toggle(pausedAt)}
      >
        <svg width="16" height="16" viewBox="0 0 24 24" fill="currentColor" aria-hidden>
          <path d={pausedAt === undefined ? 'M5 4h5v16H5zM14 4h5v16h-5z' : 'M6 3l15 9-15 9z'} />
        </svg>
      </ActionIcon>
    </Group>
  )
}

/** The same where there is no room beside the title. */
export function NarrowRefreshSwitch() {
  const pausedAt = usePausedAt()
  return (
    <Button
      hiddenFrom="sm"
      mt="sm"
      size="sm"
      style={{ flexShrink: 0 }}
      variant={pausedAt === undefined ? 'default' : 'filled'}
      onClick={() => toggle(pausedAt)}
    >
      {nameOf(pausedAt)}
      {pausedAt !== undefined && `, as of ${time.format(pausedAt)}`}
    </Button>
  )
}
