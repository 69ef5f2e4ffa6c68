import { Button, NumberInput, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import type {
  Organization,
  OrganizationFields,
  OrganizationProfile,
} from '@newcomer/client/browser'
import { useState } from 'react'
import { useAct } from './use-act.ts'
import { useFaults } from './use-faults.ts'

export interface ProfileFormProps {
  organization: Organization
  mayChange: boolean
  save: (changes: OrganizationFields) => Promise<void>
}

const URLS = [
  { name: 'homepage', label: 'Homepage', about: 'Where a customer begins' },
  { name: 'icon_url', label: 'Icon', about: 'Publishers may show it; this dashboard loads none' },
  {
    name: 'terms_and_conditions',
    label: 'Terms and conditions',
    about: 'What a publisher has to keep to',
  },
] as const

const LISTS = [
  { name: 'categories', label: 'Categories' },
  { name: 'available_platforms', label: 'Platforms' },
  { name: 'supported_products', label: 'Products' },
] as const

type Changes = Partial<OrganizationProfile & { name: string; retention_days: number | null }>

/** What an organization may change of itself: its name and retention period, a merchant its profile too. */
export function ProfileForm({ organization, mayChange, save }: ProfileFormProps) {
  const { isBusy, act } = useAct()
  const { faults, placeFaults } = useFaults()
  const [changes, setChanges] = useState<Changes>({})
  const its = { ...organization, ...changes }
  const set = (more: Changes) => setChanges({ ...changes, ...more })
  const send = () => act(() => placeFaults(() => save(changes)), 'It is changed.')
  const field = { readOnly: !mayChange }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <Stack maw={640}>
        <TextInput
          label="Name"
          required
          maxLength={255}
          value={its.name}
          error={faults['name']}
          onChange={(event) => set({ name: event.currentTarget.value })}
          {...field}
        />
        <NumberInput
          label="Forget customers after"
          description={
            'So many days without a sign of life: no report, order, click or look at offers. ' +
            'They are erased for good. Empty: never.'
          }
          suffix=" days"
          min={1}
          max={3650}
          allowDecimal={false}
          value={its.retention_days ?? ''}
          error={faults['retention_days']}
          onChange={(days) => set({ retention_days: typeof days === 'number' ? days : null })}
          {...field}
        />
        {organization.role === 'merchant' && (
          <MerchantFields its={its} faults={faults} set={set} {...field} />
        )}
        {mayChange ? (
          <Button
            type="submit"
            loading={isBusy}
            disabled={Object.keys(changes).length === 0}
            w="fit-content"
          >
            Save
          </Button>
        ) : (
          <Text size="sm">Members with the permission “people” change it.</Text>
        )}
      </Stack>
    </form>
  )
}

interface MerchantFieldsProps {
  its: Organization
  faults: Record<string, string>
  set: (changes: Changes) => void
  readOnly: boolean
}

function MerchantFields({ its, faults, set, readOnly }: MerchantFieldsProps) {
  return (
    <>
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxLength={2000}
        value={its.description ?? ''}
        error={faults['description']}
        readOnly={readOnly}
        onChange={(event) => set({ description: event.currentTarget.value || null })}
      />
      {URLS.map(({ name, label, about }) => (
        <TextInput
          key={name}
          label={label}
          description={about}
          type="url"
          value={its[name] ?? ''}
          error={faults[name]}
          readOnly={readOnly}
          onChange={(event) => set({ [name]: event.currentTarget.value.trim() || null })}
        />
      ))}
      {LISTS.map(({ name, label }) => (
        <TagsInput
          key={name}
          label={label}
          description="Enter ends each"
          value={its[name]}
          error={faults[name]}
          readOnly={readOnly}
          onChange={(list) => set({ [name]: list })}
        />
      ))}
    </>
  )
}
