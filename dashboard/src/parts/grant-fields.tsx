import { Checkbox, Radio, Stack } from '@mantine/core'
import type { MemberChange } from '@newcomer/client/browser'
import type { Permission, Preset } from '../api/account.ts'
import { PERMISSIONS, PRESETS } from './permissions.ts'

/** What somebody is to be allowed, as a form holds it: a preset, or permissions of one's own choice. */
export interface Grant {
  preset: Preset | 'own'
  permissions: Permission[]
}

export function toChange({ preset, permissions }: Grant): MemberChange {
  return preset === 'own' ? { permissions } : { preset }
}

export interface GrantFieldsProps {
  grant: Grant
  onChange: (grant: Grant) => void
}

export function GrantFields({ grant, onChange }: GrantFieldsProps) {
  return (
    <>
      <Radio.Group
        label="May"
        required
        value={grant.preset}
        onChange={(preset) => onChange({ ...grant, preset })}
      >
        <Stack gap={6} mt={6}>
          {PRESETS.map(({ name, label, about }) => (
            <Radio key={name} value={name} label={label} description={about} />
          ))}
          <Radio value="own" label="Something else" description="chosen one by one" />
        </Stack>
      </Radio.Group>
      {grant.preset === 'own' && (
        <Checkbox.Group
          label="Permissions"
          description="None: to look at lists and sums"
          value={grant.permissions}
          onChange={(permissions) => onChange({ ...grant, permissions })}
        >
          <Stack gap={6} mt={6}>
            {PERMISSIONS.map(({ name, label, about }) => (
              <Checkbox key={name} value={name} label={label} description={about} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
    </>
  )
}
