import { Alert, Button, Card, Group, Stack, Text } from '@mantine/core'
import type { EndpointWithSecret } from '@newcomer/client/browser'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMay, useMe } from '../api/use-me.ts'
import { Page } from '../parts/page.tsx'
import { Secret } from '../parts/secret.tsx'
import { useAct } from '../parts/use-act.ts'
import { TrialResult, useTrial } from './try-webhook.tsx'
import { useWebhookForm } from './use-webhook-form.ts'
import { forgetWebhooks } from './use-webhooks.ts'
import { VerifySnippets } from './verify-snippets.tsx'
import { EMPTY_FORM, fieldsOf, WebhookFields } from './webhook-fields.tsx'

/** Creates a webhook: its secret once, then a ping, and only what came of that says that it works. */
export function CreateWebhookPage() {
  const org = useOrganization()
  const client = useClient()
  const { data: me } = useMe()
  const { form, setForm, faults, placeFaults } = useWebhookForm(EMPTY_FORM)
  const { isBusy, act } = useAct()
  const [secret, setSecret] = useState<string>()
  const [id, setId] = useState<string>()
  const mayChange = useMay(org, 'technical')
  const create = () =>
    act(async () => {
      const fields = fieldsOf(form, me?.sends_mail === true)
      const made: EndpointWithSecret = await placeFaults(() => client.webhooks.create(fields))
      setSecret(made.secret)
      setId(made.id)
      await forgetWebhooks()
    })
  if (!mayChange) {
    return (
      <Page title="Create a webhook">
        <Text>Webhooks are created by members with the permission “technical”.</Text>
      </Page>
    )
  }
  return (
    <Page
      title="Create a webhook"
      about="Events are posted to your server as JSON, signed, each customer's in order, until it acknowledges them."
    >
      {id === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void create()
          }}
        >
          <WebhookFields form={form} onChange={setForm} faults={faults} />
          <Group mt="lg">
            <Button type="submit" loading={isBusy} disabled={form.types.length === 0}>
              Create it
            </Button>
            <Button
              variant="default"
              renderRoot={(props) => <Link to="/o/$org/webhooks" params={{ org }} {...props} />}
            >
              Back
            </Button>
          </Group>
        </form>
      ) : (
        secret === undefined && <FirstPing id={id} />
      )}
      <Secret
        title="The secret of the webhook"
        secret={secret}
        onStored={() => setSecret(undefined)}
      >
        <VerifySnippets />
      </Secret>
    </Page>
  )
}

function FirstPing({ id }: { id: string }) {
  const org = useOrganization()
  const { trial, isBusy, run } = useTrial(id)
  const isWorking = trial && 'delivery' in trial && trial.delivery.state === 'acknowledged'
  return (
    <Card withBorder maw={640}>
      <Stack>
        {!trial && !isBusy && (
          <Alert color="blue" variant="light" title="Created">
            Whether it works is not known yet: let a ping tell.
          </Alert>
        )}
        <TrialResult webhook={id} trial={trial} isBusy={isBusy} />
        <Group>
          <Button
            variant={isWorking === true ? 'default' : 'filled'}
            loading={isBusy}
            onClick={() => void run()}
          >
            {trial ? 'Send another ping' : 'Send a ping'}
          </Button>
          <Button
            variant={isWorking === true ? 'filled' : 'default'}
            renderRoot={(props) => (
              <Link to="/o/$org/webhooks/$webhook" params={{ org, webhook: id }} {...props} />
            )}
          >
            Go to the webhook
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}
