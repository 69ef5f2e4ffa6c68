import { Button, Card, Group, NumberInput, Text, Title } from '@mantine/core'
import type { Endpoint } from '@newcomer/client/browser'
import { useState } from 'react'
import { useClient } from '../api/organization.ts'
import { Secret } from '../parts/secret.tsx'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'
import { forgetWebhooks } from './use-webhooks.ts'
import { VerifySnippets } from './verify-snippets.tsx'

const DEFAULT_OVERLAP_HOURS = 24

/** Puts a new secret in place of the present one; for a while deliveries are signed with both. */
export function RotateCard({ webhook }: { webhook: Endpoint }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const [hours, setHours] = useState<number>(DEFAULT_OVERLAP_HOURS)
  const [secret, setSecret] = useState<string>()
  const rotate = () =>
    act(async () => {
      const made = await client.webhooks.rotateSecret(webhook.id, { overlap_hours: hours })
      setSecret(made.secret)
      await forgetWebhooks()
    })
  const ends = webhook.previous_secrets_expire_date
  const isOverlapping = ends !== null && Date.parse(ends) > Date.now()
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        Secret
      </Title>
      <Text size="sm">
        With an overlap, deliveries are signed with the old secret too until it ends, so that your
        machines can change one after another. X-Button-Signature stays under the old one until
        then. With 0 hours the old one ends at once.
      </Text>
      {isOverlapping && (
        <Text size="sm" mt="xs" fw={600}>
          The secret before this one ends <When date={ends} />.
        </Text>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void rotate()
        }}
      >
        <Group align="flex-end" mt="sm">
          <NumberInput
            label="Overlap in hours"
            min={0}
            max={168}
            allowDecimal={false}
            value={hours}
            onChange={(value) => setHours(Number(value))}
          />
          <Button type="submit" variant="default" loading={isBusy}>
            Make a new secret
          </Button>
        </Group>
      </form>
      <Secret
        title="The new secret of the webhook"
        secret={secret}
        onStored={() => setSecret(undefined)}
      >
        <VerifySnippets />
      </Secret>
    </Card>
  )
}
