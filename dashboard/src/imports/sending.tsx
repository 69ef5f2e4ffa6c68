import { Alert, Button, Group, Paper, Progress, Stack, Text } from '@mantine/core'
import type { Import } from '@newcomer/client/browser'
import { useEffect, useState } from 'react'
import { describeFailure } from '../parts/failure.tsx'
import { CancelButton } from './cancel-button.tsx'
import { Spoken } from './spoken.tsx'
import { sayBytes, sayCounted, sayDuration } from './say-numbers.ts'
import { resumeUpload, stopUpload } from './uploads.ts'
import type { Upload } from './uploads.ts'

export interface SendingProps {
  its: Import
  upload: Upload
  onChange: (its: Import) => void
}

/** The file on its way, from this tab. */
export function Sending({ its, upload, onChange }: SendingProps) {
  const { phase, total, current } = upload
  const sent = Math.min(current.received_bytes, total)
  const percent = total === 0 ? 100 : Math.floor((100 * sent) / total)
  const said = `${sayBytes(sent)} of ${sayBytes(total)} sent, ${sayCounted(its.total_rows, 'row')}`
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Text fw={600}>{said}</Text>
        <Progress value={percent} aria-label="Sent of the file" animated={phase === 'sending'} />
        <Spoken text={phase === 'sending' ? said : ''} />
        <Trouble upload={upload} />
        <Group>
          {phase === 'lost' && <Button onClick={() => resumeUpload(its.id)}>Try now</Button>}
          {phase === 'stopped' && (
            <Button onClick={() => resumeUpload(its.id)}>Go on sending</Button>
          )}
          {(phase === 'sending' || phase === 'lost') && (
            <Button variant="default" onClick={() => stopUpload(its.id)}>
              Pause
            </Button>
          )}
          <CancelButton its={its} onChange={onChange} />
        </Group>
        <Text size="sm" c="dimmed">
          Keep this tab open; you may look at other pages in it. If it is closed, choose the same
          file here again: it goes on where it was, for 7 days.
        </Text>
      </Stack>
    </Paper>
  )
}

function Trouble({ upload }: { upload: Upload }) {
  const { phase, error, retryAt } = upload
  if (phase === 'lost') {
    return (
      <Alert color="yellow" variant="light" role="status" title="The connection is lost">
        <Text size="sm">
          {describeFailure(error).message}. Nothing is lost of what was sent.{' '}
          <Countdown until={retryAt ?? 0} />
        </Text>
      </Alert>
    )
  }
  if (phase !== 'stopped') return null
  if (!error) return <Text size="sm">Paused.</Text>
  return (
    <Alert color="red" variant="light" role="alert" title="Sending has stopped">
      <Text size="sm">{describeFailure(error).message}</Text>
    </Alert>
  )
}

function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  const seconds = (until - now) / 1_000
  return (
    <span aria-hidden>
      {seconds > 0 ? `Trying again in ${sayDuration(seconds)}.` : 'Trying again …'}
    </span>
  )
}
