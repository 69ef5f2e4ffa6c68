import { Select } from '@mantine/core'
import type { ReplayFields } from '@newcomer/client/browser'
import { STATES } from './words.ts'

export interface EndSelectProps {
  /** Undefined: any. */
  value: ReplayFields['state']
  onChange: (value: ReplayFields['state']) => void
}

/** How the deliveries have ended that a replay is to send once more. */
export function EndSelect({ value, onChange }: EndSelectProps) {
  return (
    <Select
      label="Only those that were"
      placeholder="any"
      clearable
      clearButtonProps={{ 'aria-label': 'Any state' }}
      data={STATES.filter((state) => state.value !== 'waiting').map((state) => ({
        value: state.value,
        label: state.label,
      }))}
      value={value ?? null}
      onChange={(next) => onChange((next ?? undefined) as ReplayFields['state'])}
    />
  )
}
