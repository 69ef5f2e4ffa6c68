import { Alert, Button, Group, Loader, Text } from '@mantine/core'
import type { Delivery, SubscribableType } from '@newcomer/client/browser'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { describeFailure } from '../parts/failure.tsx'
import { sayResult } from './words.ts'

type Trial = { delivery: Delivery } | { failure: string } | undefined

// A receiver has 10 s for its answer; a queue in front of it takes a moment.
const MOST_TRIES = 30
const BETWEEN_MS = 700

/** Sends a ping or a test event, and shows what the receiver answered. */
export function useTrial(webhook: string) {
  const client = useClient()
  const [trial, setTrial] = useState<Trial>()
  const [isBusy, setBusy] = useState(false)
  async function run(type?: SubscribableType): Promise<void> {
    setBusy(true)
    setTrial(undefined)
    try {
      let delivery = await client.webhooks.ping(webhook, type && { event_type: type })
      for (let tries = 0; delivery.attempts.length === 0 && tries < MOST_TRIES; tries++) {
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
        const page = await client.webhooks.deliveries(webhook, { event_id: delivery.event_id })
        delivery = page.objects[0] ?? delivery
      }
      setTrial({ delivery })
    } catch (error) {
      setTrial({ failure: describeFailure(error).message })
    } finally {
      setBusy(false)
    }
  }
  return { trial, isBusy, run }
}

/** What came of it, in one sentence, and what to do. */
export function TrialResult({
  webhook,
  trial,
  isBusy,
}: {
  webhook: string
  trial: Trial
  isBusy: boolean
}) {
  return (
    <div role="status">
      {isBusy && (
        <Group gap="xs">
          <Loader size="xs" aria-hidden />
          <Text size="sm">Sent. Waiting for the answer …</Text>
        </Group>
      )}
      {trial && 'failure' in trial && (
        <Alert color="red" variant="light" title="It could not be sent">
          {trial.failure}
        </Alert>
      )}
      {trial && 'delivery' in trial && <Outcome webhook={webhook} delivery={trial.delivery} />}
    </div>
  )
}

function Outcome({ webhook, delivery }: { webhook: string; delivery: Delivery }) {
  const org = useOrganization()
  const attempt = delivery.attempts.at(-1)
  const isWorking = delivery.state === 'acknowledged'
  const title = isWorking ? 'It works' : attempt ? 'It was not taken' : 'It waits'
  const color = isWorking ? 'teal' : attempt ? 'red' : 'blue'
  return (
    <Alert color={color} variant="light" title={title}>
      <Text size="sm">
        {attempt
          ? `The receiver: ${sayResult(attempt)}, after ${attempt.duration_ms} ms.`
          : 'Nothing was sent yet: the webhook is paused, or others are before it in the line.'}
        {attempt && !isWorking && ` ${adviceFor(attempt.status)}`}
      </Text>
      {attempt && attempt.answer !== null && (
        <Text size="sm" mt={4}>
          It said: “{attempt.answer.slice(0, 200)}”
        </Text>
      )}
      <Button
        mt="xs"
        size="compact-sm"
        variant="default"
        renderRoot={(props) => (
          <Link
            to="/o/$org/webhooks/$webhook/deliveries/$event"
            params={{ org, webhook, event: delivery.event_id }}
            {...props}
          />
        )}
      >
        See this delivery
      </Button>
    </Alert>
  )
}

/** What to look at first. */
export function adviceFor(status: number | null): string {
  if (status === null) return 'Is the server running, and the URL right?'
  if (status === 401 || status === 403) {
    return 'It refuses the signature or the caller: has it this secret, and does it check the body as it came?'
  }
  if (status === 404 || status === 405) return 'Is the path right, and does it take POST?'
  if (status === 410) return 'It says that it wants nothing any more, so the webhook paused itself.'
  if (status >= 300 && status < 400)
    return 'Redirects are not followed: give the address that it leads to.'
  if (status === 400) return 'With 400 a receiver refuses an event for ever: it is not sent again.'
  return 'Anything from 200 to 299 acknowledges an event; it is tried again until then.'
}
