import { Button, Card, Group, Modal, Stack, Text, TextInput, Title } from '@mantine/core'
import type { Endpoint } from '@newcomer/client/browser'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMe } from '../api/use-me.ts'
import { useAct } from '../parts/use-act.ts'
import { RotateCard } from './rotate-card.tsx'
import { useWebhookForm } from './use-webhook-form.ts'
import { forgetWebhooks } from './use-webhooks.ts'
import { fieldsOf, WebhookFields } from './webhook-fields.tsx'
import type { WebhookForm } from './webhook-fields.tsx'
import { originOf } from './words.ts'

/** What may be changed of a webhook. */
export function SettingsTab({ webhook }: { webhook: Endpoint }) {
  return (
    <Stack>
      <FieldsCard key={webhook.modified_date} webhook={webhook} />
      <RotateCard webhook={webhook} />
      <DeleteCard webhook={webhook} />
    </Stack>
  )
}

function formOf(webhook: Endpoint): WebhookForm {
  return {
    url: webhook.url,
    description: webhook.description ?? '',
    types: webhook.event_types,
    merchants: webhook.merchants ?? [],
    causes: webhook.causes ?? [],
    batchSize: webhook.batch_size,
    alertEmail: webhook.alert_email ?? '',
  }
}

function FieldsCard({ webhook }: { webhook: Endpoint }) {
  const client = useClient()
  const { data: me } = useMe()
  const { form, setForm, faults, placeFaults } = useWebhookForm(formOf(webhook))
  const { isBusy, act } = useAct()
  const save = () =>
    act(async () => {
      const fields = fieldsOf(form, me?.sends_mail === true)
      await placeFaults(() => client.webhooks.update(webhook.id, fields))
      await forgetWebhooks()
    }, 'It is changed, for what happens from now on.')
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        What is sent, and where to
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <WebhookFields form={form} onChange={setForm} faults={faults} />
        <Button mt="md" type="submit" loading={isBusy} disabled={form.types.length === 0}>
          Save
        </Button>
      </form>
    </Card>
  )
}

function DeleteCard({ webhook }: { webhook: Endpoint }) {
  const org = useOrganization()
  const client = useClient()
  const navigate = useNavigate()
  const { isBusy, act } = useAct()
  const [isOpen, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const name = webhook.description ?? originOf(webhook.url)
  const remove = () =>
    act(async () => {
      await client.webhooks.delete(webhook.id)
      await navigate({ to: '/o/$org/webhooks', params: { org } })
      await forgetWebhooks()
    }, 'The webhook is deleted.')
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        Delete
      </Title>
      <Text size="sm">
        What waits for it is never sent, and its deliveries can be looked up no more. To stop for a
        while, pause it.
      </Text>
      <Group mt="sm">
        <Button color="red" variant="outline" onClick={() => setOpen(true)}>
          Delete the webhook …
        </Button>
      </Group>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Delete the webhook">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (typed === name) void remove()
          }}
        >
          <Stack>
            <TextInput
              label={`Type its name: ${name}`}
              data-autofocus
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setOpen(false)}>
                Keep it
              </Button>
              <Button type="submit" color="red" loading={isBusy} disabled={typed !== name}>
                Delete it
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </Card>
  )
}
