import { Group, Loader, Paper, Progress, Stack, Text } from '@mantine/core'
import type { Import } from '@newcomer/client/browser'
import { CancelButton } from './cancel-button.tsx'
import { saySum } from './say-import.ts'
import { sayCount, sayCounted, sayDuration } from './say-numbers.ts'
import { Spoken } from './spoken.tsx'
import { Sums } from './sums.tsx'

export interface ProgressingProps {
  its: Import
  mayImport: boolean
  onChange: (its: Import) => void
}

/** An import to which something happens. It goes on without this page. */
export function Progressing({ its, mayImport, onChange }: ProgressingProps) {
  const isRunning = its.state === 'running'
  const mayCancel = mayImport && its.state !== 'undoing'
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group gap="sm">
          {!isRunning && <Loader size="sm" aria-hidden />}
          <Text fw={600}>{sayDoing(its)}</Text>
        </Group>
        {isRunning && (
          <>
            <Progress value={percentOf(its)} aria-label="Rows done" animated />
            <Text size="sm">{saySpeed(its)}</Text>
            <Sums caption="Done so far" counts={its} />
          </>
        )}
        <Spoken text={isRunning ? saySum(its) : sayDoing(its)} />
        <Text size="sm" c="dimmed">
          It goes on at the server, whether this page is open or not.
        </Text>
        {mayCancel && (
          <Group>
            <CancelButton its={its} onChange={onChange} />
          </Group>
        )}
      </Stack>
    </Paper>
  )
}

function percentOf({ rows, total_rows: all }: Import): number {
  return all === 0 ? 100 : Math.floor((100 * rows) / all)
}

function sayDoing(its: Import): string {
  switch (its.state) {
    case 'checking':
      return `The server looks at the whole file: ${sayCounted(its.total_rows, 'row')}.`
    case 'waiting':
      return 'It is started, and waits for another import of yours to end.'
    case 'undoing':
      return `It is being taken back: from ${sayCounted(its.undone, 'customer')} so far.`
    default:
      return `${sayCount(its.rows)} of ${sayCounted(its.total_rows, 'row')} done`
  }
}

function saySpeed({ rows_per_second: rate, time_left_seconds: left }: Import): string {
  const speed = rate === null ? '' : `${sayCount(Math.round(rate))} rows a second`
  const rest = left === null ? '' : `${sayDuration(left)} left`
  return [speed, rest].filter((part) => part !== '').join(', ')
}
