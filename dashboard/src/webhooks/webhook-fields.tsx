import { Checkbox, Fieldset, MultiSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import type { EndpointFields, SegmentChangeCause, SubscribableType } from '@newcomer/client/browser'
import { useMe } from '../api/use-me.ts'
import { useMerchants } from './use-webhooks.ts'
import { CAUSES, TYPES } from './words.ts'

/** What a form about a webhook holds; an empty text or list means none, or all. */
export interface WebhookForm {
  url: string
  description: string
  types: SubscribableType[]
  merchants: string[]
  causes: SegmentChangeCause[]
  batchSize: number
  alertEmail: string
}

export const EMPTY_FORM: WebhookForm = {
  url: '',
  description: '',
  types: ['segment-change'],
  merchants: [],
  causes: [],
  batchSize: 1,
  alertEmail: '',
}

/** Without an address for alarms where the server sends no mail: it would refuse even its absence's change. */
export function fieldsOf(form: WebhookForm, sendsMail: boolean): EndpointFields {
  const orNull = <T,>(list: T[]): T[] | null => (list.length === 0 ? null : list)
  return {
    url: form.url.trim(),
    event_types: form.types,
    description: form.description.trim() || null,
    merchants: orNull(form.merchants),
    causes: form.types.includes('segment-change') ? orNull(form.causes) : null,
    batch_size: form.batchSize,
    ...(sendsMail && { alert_email: form.alertEmail.trim() || null }),
  }
}

export interface WebhookFieldsProps {
  form: WebhookForm
  onChange: (form: WebhookForm) => void
  /** What the server said is wrong, by the names of its fields. */
  faults: Record<string, string>
}

export function WebhookFields({ form, onChange, faults }: WebhookFieldsProps) {
  const { data: me } = useMe()
  const { isPublisher, names } = useMerchants()
  const set = (changes: Partial<WebhookForm>) => onChange({ ...form, ...changes })
  return (
    <Stack maw={640}>
      <TextInput
        label="URL"
        description={
          me?.mode === 'production'
            ? 'https:// on port 443, reachable from the internet'
            : 'Here in development http:// and this machine will do, such as http://localhost:3000/hook'
        }
        type="url"
        required
        value={form.url}
        error={faults['url']}
        onChange={(event) => set({ url: event.currentTarget.value })}
      />
      <TextInput
        label="Description"
        description="What you call it; only shown here"
        maxLength={255}
        value={form.description}
        error={faults['description']}
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
      <Checkbox.Group
        label="Events"
        description="Events from before a type was chosen are not sent"
        required
        value={form.types}
        error={faults['event_types']}
        onChange={(types) => set({ types })}
      >
        <Stack gap={6} mt={6}>
          {TYPES.map(({ value, label, about }) => (
            <Checkbox key={value} value={value} label={label} description={about} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Fieldset legend="Only some of them">
        <Stack gap="sm">
          {isPublisher && (
            <MultiSelect
              label="Merchants"
              description="None chosen: the events of all"
              data={[...names].map(([value, label]) => ({ value, label }))}
              value={form.merchants}
              error={faults['merchants']}
              onChange={(merchants) => set({ merchants })}
              searchable
            />
          )}
          {form.types.includes('segment-change') ? (
            <MultiSelect
              label="Causes of segment changes"
              description="None chosen: all"
              data={CAUSES}
              value={form.causes}
              error={faults['causes']}
              onChange={(causes) => set({ causes })}
            />
          ) : (
            <Text size="sm">Causes are of segment changes, which are not chosen above.</Text>
          )}
        </Stack>
      </Fieldset>
      <NumberInput
        label="Events a request"
        description="1: each comes alone. More: all come in batches of at most so many"
        min={1}
        max={500}
        allowDecimal={false}
        value={form.batchSize}
        error={faults['batch_size']}
        onChange={(value) => set({ batchSize: Number(value) || 1 })}
      />
      {me?.sends_mail === true ? (
        <TextInput
          label="Alert by mail"
          description="Who is told when the webhook pauses itself"
          type="email"
          value={form.alertEmail}
          error={faults['alert_email']}
          onChange={(event) => set({ alertEmail: event.currentTarget.value })}
        />
      ) : (
        <Text size="sm">
          This server sends no mail, so nobody can be told by mail when the webhook pauses itself:
          let another webhook get the type endpoint-paused.
        </Text>
      )}
    </Stack>
  )
}
