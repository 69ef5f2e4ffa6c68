import { Checkbox, Radio, Stack } from '@mantine/core'
import type { ImportFields } from '@newcomer/client/browser'

export type Settings = Required<Pick<ImportFields, 'mode'>> & Pick<ImportFields, 'kind' | 'quiet'>

export interface SettingsFieldsProps {
  isMerchant: boolean
  settings: Settings
  onChange: (settings: Settings) => void
}

/** What the rows are, and what they do to what is known. Whether they have bought nobody is to choose by accident. */
export function SettingsFields({ isMerchant, settings, onChange }: SettingsFieldsProps) {
  return (
    <Stack gap="lg">
      {isMerchant && (
        <Radio.Group
          label="Have these customers bought from you?"
          required
          value={settings.kind ?? null}
          onChange={(kind) => onChange({ ...settings, kind })}
        >
          <Stack gap="xs" mt="xs">
            <Radio
              value="purchasers"
              label="Yes, every one (purchasers)"
              description="Each of them becomes active at your shop: publishers earn your rate for active customers on them, no longer the one for new customers."
            />
            <Radio
              value="accounts"
              label="Perhaps (accounts)"
              description="People with an account or a newsletter. It makes nobody active."
            />
          </Stack>
        </Radio.Group>
      )}
      <Radio.Group
        label="What becomes of customers that earlier files brought?"
        value={settings.mode ?? 'merge'}
        onChange={(mode) => onChange({ ...settings, mode })}
      >
        <Stack gap="xs" mt="xs">
          <Radio
            value="merge"
            label="They stay; this file adds to them (merge)"
            description="For everything new or changed since the last file."
          />
          <Radio
            value="replace"
            label="This file is everybody (replace)"
            description="Who is not in it loses what earlier files gave; nobody loses what calls and orders gave. Only for a complete list: you see how many would be removed before it starts."
          />
        </Stack>
      </Radio.Group>
      <Checkbox
        checked={settings.quiet === true}
        onChange={(event) => onChange({ ...settings, quiet: event.currentTarget.checked })}
        label="Quiet: tell my own webhooks nothing of it"
        description="The numbers of your customers’ events then have a gap. Others are told all the same."
      />
    </Stack>
  )
}
